package sluice.cli.produce;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;

/** The front door: every line of the sources becomes a record of the topic. */
public final class LineProducer {

    /** For the calls before the first record: a cluster that is not there should be told soon. */
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private static final int LINE_BYTES_MAX = 64 * 1024 * 1024;

    private final GatewayClient client;
    private final Time time;
    private final RandomGenerator random;
    private final ProduceStats stats;

    public LineProducer(
            GatewayClient client, Time time, RandomGenerator random, ProduceStats stats) {
        this.client = client;
        this.time = time;
        this.random = random;
        this.stats = stats;
    }

    /** Bytes there are to read; empty if that cannot be known. */
    public static OptionalLong sizeBytes(LineSources sources)
            throws IOException, InterruptedException {
        return sources.sizeBytes();
    }

    /**
     * Returns when every line is acknowledged.
     *
     * @param keyOptional true if a line where the rule finds no key gets none; false if it ends the
     *     run
     * @throws CommandFailure if a call was refused, time is over, or a line is not as expected;
     *     lines before it may be in the log, and {@link ProduceStats#recordsAcked} of them are
     */
    public void run(
            String topic,
            LineSources sources,
            KeyRule keys,
            boolean keyOptional,
            ProducerSettings settings)
            throws IOException, InterruptedException {
        int partitions = partitionsOf(topic, settings);
        ProducerIdentity identity =
                settings.acks() == ProducerSettings.Acks.NONE
                        ? ProducerIdentity.NONE
                        : newIdentity(settings);
        var sender = new BatchSender(client, topic, settings, time, stats);
        var producer =
                new Producer(
                        settings,
                        partitions,
                        identity,
                        random.nextInt(partitions),
                        sender,
                        time,
                        stats);
        producer.start();
        try {
            try {
                read(sources, keys, keyOptional, producer);
            } catch (CommandFailure | IOException inTheSources) {
                // What came before it is as good as if the source had ended there.
                finishAfter(inTheSources, producer);
                throw inTheSources;
            }
            producer.finish();
        } finally {
            producer.abandon();
        }
    }

    private void read(LineSources sources, KeyRule keys, boolean keyOptional, Producer producer)
            throws IOException, InterruptedException {
        var splitter = new LineSplitter(LINE_BYTES_MAX, stats.sourceBytesRead::add);
        sources.forEach((path, content) -> {
            KeyRule.LineKeys lineKeys = keys.forFile(path);
            splitter.split(
                    path,
                    content,
                    (line, number) -> {
                        byte[] key = lineKeys.keyOf(line);
                        if (key == null && !keyOptional) {
                            requireNoKey(keys, path, number);
                        }
                        producer.append(key, line);
                    });
        });
    }

    private static void finishAfter(Exception first, Producer producer)
            throws InterruptedException {
        try {
            producer.finish();
        } catch (CommandFailure ofALane) {
            if (ofALane != first) {
                first.addSuppressed(ofALane);
            }
        }
    }

    private int partitionsOf(String topic, ProducerSettings settings) throws InterruptedException {
        Json described =
                client.send(Call.get("/v1/topics/" + Call.segment(topic)), startMax(settings))
                        .json();
        int partitions = described.list("partitions").size();
        if (partitions == 0 || settings.partition().orElse(0) >= partitions) {
            throw new CommandFailure(
                    Problem.local(
                            "No such partition",
                            "the topic %s has %d partitions, numbered from 0"
                                    .formatted(topic, partitions),
                            "choose another --partition, or leave it out"));
        }
        return partitions;
    }

    private static Duration startMax(ProducerSettings settings) {
        return settings.timeout().compareTo(START_MAX) < 0 ? settings.timeout() : START_MAX;
    }

    private ProducerIdentity newIdentity(ProducerSettings settings) throws InterruptedException {
        Json given = client.send(Call.put("/v1/producers", "{}"), startMax(settings)).json();
        return new ProducerIdentity(
                given.longField("producerId"), (short) given.longField("epoch"));
    }

    private static void requireNoKey(KeyRule keys, String path, long number) {
        if (!(keys instanceof KeyRule.NoKey)) {
            throw new CommandFailure(
                    Problem.local(
                            "Line without a key",
                            "%s, line %d: expected %s".formatted(path, number, keys.expectation()),
                            "correct the line, or add --key-optional to send such lines without a"
                                    + " key"));
        }
    }
}
