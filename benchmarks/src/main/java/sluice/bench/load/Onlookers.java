package sluice.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/**
 * Readers that look at every gateway all the time, also at ones that should not know anything any
 * more, and remember what each offset showed. What was once seen must stay.
 */
public final class Onlookers implements AutoCloseable {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int FINDINGS_MAX = 20;

    private record Place(int partition, long offset) {}

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();
    private final Map<Place, Mark> seen = new ConcurrentHashMap<>();
    private final List<String> findings = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final LongAdder looks = new LongAdder();
    private final String topic;
    private final int partitions;
    private volatile boolean stopping;

    private Onlookers(String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    /** One reader for each gateway. The caller owns what is returned. */
    public static Onlookers start(List<URI> gateways, String topic, int partitions) {
        var onlookers = new Onlookers(topic, partitions);
        for (URI gateway : gateways) {
            onlookers.readers.add(
                    Thread.ofVirtual()
                            .name("onlooker-" + gateway.getPort())
                            .start(() -> onlookers.look(gateway)));
        }
        return onlookers;
    }

    /** Answers with records that were seen. */
    public long looks() {
        return looks.sum();
    }

    /** Ends the readers, and compares what they saw with what is there at last. */
    public List<String> stopAndCompare(TopicContents contents) throws InterruptedException {
        stopping = true;
        for (Thread reader : readers) {
            reader.join(ANSWER_MAX.plusSeconds(2));
        }
        synchronized (findings) {
            var all = new ArrayList<>(findings);
            seen.forEach((place, mark) -> {
                List<Mark> marks = contents.partitions().get(place.partition());
                boolean isThere =
                        place.offset() < marks.size()
                                && marks.get((int) place.offset()).equals(mark);
                if (!isThere && all.size() < FINDINGS_MAX) {
                    all.add(
                            "partition %d offset %d was seen as %s and is not so at %s"
                                    .formatted(
                                            place.partition(),
                                            place.offset(),
                                            mark,
                                            contents.gateway()));
                }
            });
            return all;
        }
    }

    @Override
    public void close() {
        stopping = true;
        readers.forEach(Thread::interrupt);
        http.shutdownNow();
    }

    private void look(URI gateway) {
        var next = new long[partitions];
        try {
            for (int turn = 0; !stopping; turn++) {
                look(gateway, turn % partitions, next);
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(URI gateway, int partition, long[] next) throws InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "%s/v1/topics/%s/partitions/%d/records?offset=%d&format=binary&maxBytes=65536"
                                                .formatted(
                                                        gateway,
                                                        topic,
                                                        partition,
                                                        next[partition])))
                        .timeout(ANSWER_MAX)
                        .build();
        try {
            var answer = http.send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200 || answer.body().length == 0) {
                return;
            }
            looks.increment();
            var body = ByteBuffer.wrap(answer.body());
            for (int at = 0; at < body.limit(); at += RecordBatch.sizeBytes(body, at)) {
                BatchReader.forEach(
                        body,
                        at,
                        record -> {
                            note(gateway, partition, record.offset(), record.value());
                            next[partition] = record.offset() + 1;
                            return true;
                        });
            }
        } catch (IOException e) {
            // A gateway that is away shows nothing, and that is never wrong.
        } catch (IllegalArgumentException | SluiceException e) {
            find("%s: partition %d from %d: %s".formatted(gateway, partition, next[partition], e));
        }
    }

    private void note(
            URI gateway,
            int partition,
            long offset,
            @org.jspecify.annotations.Nullable ByteBuffer value) {
        if (value == null) {
            find("%s: partition %d offset %d has no value".formatted(gateway, partition, offset));
            return;
        }
        var mark = Mark.of(value);
        Mark before = seen.putIfAbsent(new Place(partition, offset), mark);
        if (before != null && !before.equals(mark)) {
            find(
                    "%s shows %s at partition %d offset %d, where %s was seen"
                            .formatted(gateway, mark, partition, offset, before));
        }
    }

    private void find(String what) {
        synchronized (findings) {
            if (findings.size() < FINDINGS_MAX) {
                findings.add(what);
            }
        }
    }
}
