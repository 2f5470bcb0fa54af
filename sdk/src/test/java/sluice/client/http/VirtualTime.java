package sluice.client.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** Time that jumps to the next task, and gateways that answer from a list. */
final class VirtualTime implements Clock, Timer, HttpSender {

    private record Task(long atNs, Runnable task) {}

    /** Addresses that were called, each with the moment in milliseconds. */
    final List<String> calls = new ArrayList<>();

    final List<Duration> timeouts = new ArrayList<>();
    final ArrayDeque<Supplier<CompletableFuture<Answer>>> answers = new ArrayDeque<>();
    private final List<Task> tasks = new ArrayList<>();
    private long nowNs = 1;

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return nowNs / 1_000_000;
    }

    @Override
    public Cancellable after(Duration delay, Runnable task) {
        var scheduled = new Task(nowNs + delay.toNanos(), task);
        tasks.add(scheduled);
        return () -> tasks.remove(scheduled);
    }

    @Override
    public CompletableFuture<Answer> send(java.net.URI gateway, Call call, Duration timeout) {
        calls.add(gateway.getHost() + "@" + wallMs());
        timeouts.add(timeout);
        return answers.size() > 1 ? answers.removeFirst().get() : answers.getFirst().get();
    }

    /** Until nothing is left to do. */
    void run() {
        while (!tasks.isEmpty()) {
            tasks.sort(java.util.Comparator.comparingLong(Task::atNs));
            Task next = tasks.removeFirst();
            nowNs = Math.max(nowNs, next.atNs);
            next.task.run();
        }
    }
}
