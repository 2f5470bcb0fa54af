package sluice.client.queue;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for handlers: virtual ones where the virtual machine has them, from Java 21 on. */
final class HandlerThreads {

    private HandlerThreads() {}

    /**
     * The caller shuts it down.
     *
     * @param concurrency most tasks at the same time; the others would wait
     */
    static ExecutorService of(int concurrency) {
        try {
            // By a constant name, which native images find too; they also have it in their list.
            Object made = Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            if (made instanceof ExecutorService virtual) {
                return virtual;
            }
        } catch (ReflectiveOperationException older) {
            // As it was before there were any.
        }
        return platform(concurrency);
    }

    static ExecutorService platform(int concurrency) {
        return Executors.newFixedThreadPool(
                concurrency,
                task -> {
                    var worker = new Thread(task, "sluice-handler");
                    worker.setDaemon(true);
                    return worker;
                });
    }
}
