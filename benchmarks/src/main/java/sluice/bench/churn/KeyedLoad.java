package sluice.bench.churn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;

/**
 * Writes a record to each partition in turn, at a steady rate, under keys that lead there; the
 * records of a key are numbered from 0.
 */
final class KeyedLoad implements AutoCloseable {

    private static final int KEYS_OF_EACH = 20;

    private final GroupApi.Writer writer;
    private final List<List<String>> keys;
    private final long everyNs;
    private final Map<String, Long> written = new TreeMap<>();
    private final Thread thread;
    private volatile boolean isStopped;

    private KeyedLoad(GroupApi.Writer writer, int partitions, int perSecond) {
        this.writer = writer;
        this.keys = keys(partitions);
        this.everyNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);
    }

    static KeyedLoad start(GroupApi.Writer writer, int partitions, int perSecond) {
        var load = new KeyedLoad(writer, partitions, perSecond);
        load.thread.start();
        return load;
    }

    /** Some for each partition, by the partitioner that both clients have. */
    private static List<List<String>> keys(int partitions) {
        List<List<String>> keys = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            keys.add(new ArrayList<>());
        }
        int missing = partitions * KEYS_OF_EACH;
        for (int i = 0; missing > 0; i++) {
            String key = "k" + i;
            int hash = Utils.murmur2(key.getBytes(StandardCharsets.UTF_8));
            List<String> some = keys.get(Utils.toPositive(hash) % partitions);
            if (some.size() < KEYS_OF_EACH) {
                some.add(key);
                missing--;
            }
        }
        return keys;
    }

    private void run() {
        long startNs = System.nanoTime();
        for (int i = 0; !isStopped; i++) {
            long waitNs = startNs + i * everyNs - System.nanoTime();
            if (waitNs > 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(waitNs);
                } catch (InterruptedException e) {
                    return;
                }
            }
            List<String> some = keys.get(i % keys.size());
            String key = some.get(i / keys.size() % some.size());
            long number = written.merge(key, 1L, Long::sum) - 1;
            writer.send(key, "" + number);
        }
    }

    /**
     * Ends it; all is in the log then.
     *
     * @return how many records each key has
     */
    Map<String, Long> stop() throws InterruptedException {
        isStopped = true;
        thread.join();
        writer.flush();
        return Map.copyOf(written);
    }

    @Override
    public void close() {
        isStopped = true;
        thread.interrupt();
    }
}
