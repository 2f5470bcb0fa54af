package sluice.cli.consume;

import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;
import sluice.log.batch.LogRecord;

/**
 * The front door: prints the records of a topic, partitions side by side, in order within each.
 *
 * <p>Held memory is bounded: an answer is asked for in a size that shrinks with the number of
 * partitions.
 */
public final class TopicReader {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final int ANSWERS_BYTES_MAX = 32 * 1024 * 1024;
    private static final int ANSWER_BYTES_MIN = 64 * 1024;
    private static final int ANSWER_BYTES_MAX = 2 * 1024 * 1024;
    private static final int CHUNK_BYTES = 256 * 1024;

    /** Partitions read at a time when each has an end. */
    private static final int READING_MAX = 16;

    private final GatewayClient client;
    private final ConsumeStats stats;

    public TopicReader(GatewayClient client, ConsumeStats stats) {
        this.client = client;
        this.stats = stats;
    }

    private record Range(int partition, long highWatermark) {}

    /**
     * Returns at the end, or once {@code recordsMax} records were printed, or when nobody reads
     * {@code out} any more.
     *
     * @param out flushed, not closed
     * @throws CommandFailure if a call was refused or its time is over
     */
    public void run(String topic, ConsumerSettings settings, OutputStream out)
            throws InterruptedException {
        List<Range> ranges = rangesOf(topic, settings);
        var output = new RecordOutput(out, settings.follow());
        var quota = new RecordQuota(settings.recordsMax());
        var reading = new Semaphore(settings.follow() ? ranges.size() : READING_MAX);
        int atOnce = Math.max(1, Math.min(ranges.size(), reading.availablePermits()));
        int answerBytes =
                Math.clamp(ANSWERS_BYTES_MAX / atOnce, ANSWER_BYTES_MIN, ANSWER_BYTES_MAX);
        var first = new AtomicReference<@Nullable RuntimeException>();
        List<Thread> threads = new ArrayList<>();
        for (Range range : ranges) {
            var reader =
                    new PartitionReader(
                            client,
                            topic,
                            range.partition(),
                            settings.start(),
                            range.highWatermark(),
                            answerBytes,
                            settings.timeout());
            var printer = new Printing(range.partition(), settings.format(), output, quota);
            long end = settings.follow() ? Long.MAX_VALUE : range.highWatermark();
            threads.add(
                    Thread.ofVirtual()
                            .name("consume-" + range.partition())
                            .unstarted(() -> {
                                if (!read(reader, end, printer, reading, first)
                                        || quota.isUsedUp()) {
                                    threads.forEach(Thread::interrupt);
                                }
                            }));
        }
        try {
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            threads.forEach(Thread::interrupt);
        }
        end(output, first.get());
    }

    /**
     * @return false if all the reading is over
     */
    private static boolean read(
            PartitionReader reader,
            long end,
            Printing printer,
            Semaphore reading,
            AtomicReference<@Nullable RuntimeException> first) {
        try {
            reading.acquire();
            try {
                reader.readTo(end, printer);
            } finally {
                reading.release();
            }
            return true;
        } catch (InterruptedException over) {
            return true;
        } catch (RuntimeException failure) {
            first.compareAndSet(null, failure);
            return false;
        }
    }

    private static void end(RecordOutput output, @Nullable RuntimeException failure) {
        try {
            output.flush();
        } catch (RecordOutput.Closed nobodyReads) {
            return;
        }
        if (failure != null && !(failure instanceof RecordOutput.Closed)) {
            throw failure;
        }
    }

    private List<Range> rangesOf(String topic, ConsumerSettings settings)
            throws InterruptedException {
        Duration timeout =
                settings.timeout().compareTo(START_MAX) < 0 ? settings.timeout() : START_MAX;
        Json described = client.send(Call.get("/v1/topics/" + Call.segment(topic)), timeout).json();
        List<Range> all =
                described.list("partitions").stream()
                        .map(status ->
                                new Range(
                                        (int) status.longField("partition"),
                                        status.longField("highWatermark")))
                        .toList();
        for (int wanted : settings.partitions()) {
            if (all.stream().noneMatch(range -> range.partition() == wanted)) {
                throw new CommandFailure(
                        Problem.local(
                                "No such partition",
                                "the topic %s has %d partitions, numbered from 0; found --partition"
                                                .formatted(topic, all.size())
                                        + " "
                                        + wanted,
                                "choose another --partition, or leave it out for all"));
            }
        }
        return settings.partitions().isEmpty()
                ? all
                : all.stream()
                        .filter(range -> settings.partitions().contains(range.partition()))
                        .toList();
    }

    /** Prints the records of one partition; owned by its thread. */
    private final class Printing implements PartitionReader.Sink {

        private final OutputChunk chunk = new OutputChunk();
        private final RecordFormat.RecordPrinter printer;
        private final int partition;
        private final RecordOutput output;
        private final RecordQuota quota;
        private long records;

        Printing(int partition, RecordFormat format, RecordOutput output, RecordQuota quota) {
            this.partition = partition;
            this.printer = format.printer();
            this.output = output;
            this.quota = quota;
        }

        @Override
        public boolean record(LogRecord record) {
            if (!quota.take()) {
                return false;
            }
            printer.print(partition, record, chunk);
            records++;
            if (chunk.sizeBytes() >= CHUNK_BYTES) {
                write();
            }
            return !quota.isUsedUp();
        }

        @Override
        public void answerEnds() {
            write();
        }

        private void write() {
            int size = chunk.sizeBytes();
            output.write(chunk);
            stats.records.add(records);
            stats.bytes.add(size);
            records = 0;
        }
    }
}
