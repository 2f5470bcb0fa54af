package sluice.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.Received;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** Reads each partition by a long poll of its own. */
public final class WireConsumer implements BenchConsumer {

    private static final int WANTED_BYTES = 1 << 20;

    private final String topic;
    private final IntFunction<String> ownerOf;
    private final Received received;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isClosed;

    private WireConsumer(String topic, IntFunction<String> ownerOf, Received received) {
        this.topic = topic;
        this.ownerOf = ownerOf;
        this.received = received;
    }

    /** From where each partition ends now; returns when each end is known. */
    public static WireConsumer fromEnd(
            String topic, int partitions, IntFunction<String> ownerOf, Received received)
            throws InterruptedException {
        var consumer = new WireConsumer(topic, ownerOf, received);
        var begun = new CountDownLatch(partitions);
        consumer.begin(partitions, partition -> consumer.read(partition, begun));
        begun.await();
        return consumer;
    }

    /** From the first record of each partition on. */
    public static WireConsumer fromStart(
            String topic, int partitions, IntFunction<String> ownerOf, Received received) {
        var consumer = new WireConsumer(topic, ownerOf, received);
        consumer.begin(partitions, consumer::readAll);
        return consumer;
    }

    private void begin(int partitions, IntConsumer reading) {
        for (int i = 0; i < partitions; i++) {
            int partition = i;
            threads.add(
                    Thread.ofVirtual()
                            .name("poll-" + partition)
                            .start(() -> reading.accept(partition)));
        }
    }

    private void readAll(int partition) {
        try (var connection = HttpConnection.open(ownerOf.apply(partition))) {
            long offset = 0;
            while (!isClosed) {
                offset = poll(connection, partition, offset);
            }
        } catch (IOException | RuntimeException e) {
            failed(partition, e);
        }
    }

    private void failed(int partition, Exception why) {
        if (!isClosed) {
            received.failed("partition " + partition + ": " + why);
        }
    }

    private void read(int partition, CountDownLatch begun) {
        boolean isBegun = false;
        try (var connection = HttpConnection.open(ownerOf.apply(partition))) {
            long offset = ask(connection, partition, "latest", "0s").number("sluice-next-offset");
            begun.countDown();
            isBegun = true;
            while (!isClosed) {
                offset = poll(connection, partition, offset);
            }
        } catch (IOException | RuntimeException e) {
            failed(partition, e);
        } finally {
            if (!isBegun) {
                begun.countDown();
            }
        }
    }

    private long poll(HttpConnection connection, int partition, long from) throws IOException {
        HttpConnection.Answer answer = ask(connection, partition, "" + from, "20s");
        ByteBuffer batches = answer.body();
        int at = 0;
        while (at < batches.limit()) {
            BatchReader.forEach(
                    batches,
                    at,
                    record -> {
                        ByteBuffer value = record.value();
                        if (record.offset() >= from && value != null) {
                            received.received(partition, value);
                        }
                        return true;
                    });
            at += RecordBatch.sizeBytes(batches, at);
        }
        return answer.number("sluice-next-offset");
    }

    private HttpConnection.Answer ask(
            HttpConnection connection, int partition, String offset, String wait)
            throws IOException {
        var path =
                "/v1/topics/%s/partitions/%d/records?format=binary&offset=%s&wait=%s&max=100000&maxBytes=%d"
                        .formatted(topic, partition, offset, wait, WANTED_BYTES);
        HttpConnection.Answer answer = connection.ask("GET", path, "text/plain", List.of());
        if (answer.status() != 200) {
            throw new IOException(answer.status() + " " + answer.text());
        }
        return answer;
    }

    @Override
    public void close() {
        isClosed = true;
        threads.forEach(Thread::interrupt);
    }
}
