package sluice.bench.churn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
    private final LongSupplier nanoTime;
    private final long startNs;
    private final Map<String, Long> written = new TreeMap<>();
    private final Thread thread;

    /** Records in all, once that is known. */
    private volatile long owed = Long.MAX_VALUE;

    private KeyedLoad(
            GroupApi.Writer writer, int partitions, int perSecond, LongSupplier nanoTime) {
        this.writer = writer;
        this.keys = keys(partitions);
        this.everyNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.nanoTime = nanoTime;
        this.startNs = nanoTime.getAsLong();
        this.thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);
    }

    static KeyedLoad start(GroupApi.Writer writer, int partitions, int perSecond) {
        return start(writer, partitions, perSecond, System::nanoTime);
    }

    static KeyedLoad start(
            GroupApi.Writer writer, int partitions, int perSecond, LongSupplier nanoTime) {
        var load = new KeyedLoad(writer, partitions, perSecond, nanoTime);
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
        for (int i = 0; i < owed; i++) {
            long waitNs = startNs + i * everyNs - nanoTime.getAsLong();
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
     * Ends it; all that was due until now is in the log then, also if writing had fallen behind.
     *
     * @return how many records each key has
     */
    Map<String, Long> stop() throws InterruptedException {
        owed = (nanoTime.getAsLong() - startNs) / everyNs + 1;
        thread.join();
        writer.flush();
        return Map.copyOf(written);
    }

    @Override
    public void close() {
        owed = 0;
        thread.interrupt();
    }
}
