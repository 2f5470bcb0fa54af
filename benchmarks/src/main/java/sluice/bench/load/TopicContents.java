package sluice.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/**
 * All records of a topic as one gateway shows them.
 *
 * @param gateway who was asked
 * @param partitions the marks of each partition by offset, from 0
 * @param findings what was wrong with what it showed
 */
public record TopicContents(URI gateway, List<List<Mark>> partitions, List<String> findings) {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int FINDINGS_MAX = 20;

    /**
     * Reads every partition to its high watermark.
     *
     * @param max for all of it; a partition that cannot be read by then is a finding
     * @param isAlive whether the gateway's process is there: from one that is gone no answer is
     *     waited for
     */
    public static TopicContents read(
            HttpClient http,
            URI gateway,
            String topic,
            int partitions,
            Duration max,
            BooleanSupplier isAlive)
            throws InterruptedException {
        var all = new ArrayList<List<Mark>>();
        var findings = new ArrayList<String>();
        long deadlineNs = System.nanoTime() + max.toNanos();
        BooleanSupplier goesOn = () -> System.nanoTime() - deadlineNs < 0 && isAlive.getAsBoolean();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(readPartition(http, gateway, topic, partition, goesOn, findings));
        }
        return new TopicContents(gateway, all, findings);
    }

    /** How many records it showed. */
    public long records() {
        return partitions.stream().mapToLong(List::size).sum();
    }

    private static List<Mark> readPartition(
            HttpClient http,
            URI gateway,
            String topic,
            int partition,
            BooleanSupplier goesOn,
            List<String> findings)
            throws InterruptedException {
        var marks = new ArrayList<Mark>();
        var last = "nothing was asked";
        while (goesOn.getAsBoolean() && findings.size() < FINDINGS_MAX) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "%s/v1/topics/%s/partitions/%d/records?offset=%d&format=binary&maxBytes=4194304"
                                                    .formatted(
                                                            gateway,
                                                            topic,
                                                            partition,
                                                            marks.size())))
                            .timeout(ANSWER_MAX)
                            .build();
            try {
                var answer = http.send(request, BodyHandlers.ofByteArray());
                last = "status " + answer.statusCode();
                if (answer.statusCode() == 200) {
                    take(answer, partition, marks, findings);
                    if (marks.size() >= number(answer, "Sluice-High-Watermark")) {
                        return marks;
                    }
                    continue;
                }
            } catch (IOException e) {
                last = e.toString();
            } catch (IllegalArgumentException | SluiceException e) {
                findings.add(
                        "%s: partition %d from offset %d: %s"
                                .formatted(gateway, partition, marks.size(), e));
                return marks;
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
        findings.add(
                "%s: partition %d could be read up to offset %d alone: %s"
                        .formatted(gateway, partition, marks.size(), last));
        return marks;
    }

    private static void take(
            HttpResponse<byte[]> answer, int partition, List<Mark> marks, List<String> findings) {
        var body = ByteBuffer.wrap(answer.body());
        for (int at = 0; at < body.limit(); at += RecordBatch.sizeBytes(body, at)) {
            BatchReader.forEach(
                    body,
                    at,
                    record -> {
                        if (record.offset() < marks.size()) {
                            return true;
                        }
                        if (record.offset() > marks.size()) {
                            findings.add(
                                    "%s: partition %d has no offset %d, but %d"
                                            .formatted(
                                                    answer.uri(),
                                                    partition,
                                                    marks.size(),
                                                    record.offset()));
                            return false;
                        }
                        var value = record.value();
                        if (value == null) {
                            throw new IllegalArgumentException("a null value");
                        }
                        marks.add(Mark.of(value));
                        return true;
                    });
        }
    }

    private static long number(HttpResponse<byte[]> answer, String header) {
        return Long.parseLong(answer.headers().firstValue(header).orElse("-1"));
    }
}
