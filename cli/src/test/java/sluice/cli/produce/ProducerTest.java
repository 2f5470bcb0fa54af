package sluice.cli.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.cli.http.Backoff;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;
import sluice.cli.twin.GatewayTwin;
import sluice.cli.twin.TwinLog;

class ProducerTest {

    private static final int RECORD_BYTES = 1000;
    private static final int HELD_BYTES_MAX = 64 * 1024;
    private static final int RECORDS = 1000;

    @Test
    @Timeout(60)
    void appendingWaitsWhileTooMuchIsHeldAndGoesOnWhenItIsSent() throws Exception {
        var log = new TwinLog(2);
        var gate = new CountDownLatch(1);
        try (var gateway = new GatewayTwin(log);
                var client = client(gateway)) {
            gateway.holdUntil(gate);
            var producer = producer(client);
            producer.start();
            var appended = new AtomicInteger();
            Thread appending =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int at = 0; at < RECORDS; at++) {
                                        producer.append(null, new byte[RECORD_BYTES]);
                                        appended.incrementAndGet();
                                    }
                                } catch (InterruptedException over) {
                                    Thread.currentThread().interrupt();
                                }
                            });

            while (appended.get() * RECORD_BYTES < HELD_BYTES_MAX * 9 / 10
                    || (appending.getState() != Thread.State.WAITING && appending.isAlive())) {
                Thread.onSpinWait();
            }
            int appendedWhileHeld = appended.get();
            gate.countDown();
            appending.join();
            producer.finish();

            assertTrue(
                    appendedWhileHeld * RECORD_BYTES <= HELD_BYTES_MAX + RECORD_BYTES,
                    "appendedWhileHeld=" + appendedWhileHeld);
            assertEquals(RECORDS, log.allValues().size());
        }
    }

    @Test
    void aStayOfRecordsWithoutAKeyEndsWithAFullBatch() throws Exception {
        var log = new TwinLog(2);
        try (var gateway = new GatewayTwin(log);
                var client = client(gateway)) {
            var producer = producer(client);
            producer.start();
            for (int at = 0; at < 20; at++) {
                producer.append(null, new byte[RECORD_BYTES]);
            }
            producer.finish();
        }
        assertEquals(
                List.of(12, 8),
                List.of(log.values(0).size(), log.values(1).size()),
                "four records fill a batch of 4 KiB, and partition 0 has the first");
    }

    private static GatewayClient client(GatewayTwin gateway) {
        var backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(10), new Random(1));
        return new GatewayClient(
                List.of(gateway.address()), Time.system(), backoff, RetryListener.SILENT);
    }

    private static Producer producer(GatewayClient client) {
        var settings =
                new ProducerSettings(
                        ProducerSettings.Acks.ALL,
                        4 * 1024,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        List.of(),
                        OptionalInt.empty(),
                        HELD_BYTES_MAX);
        var stats = new ProduceStats();
        Time time = Time.system();
        var sender = new BatchSender(client, GatewayTwin.TOPIC, settings, time, stats);
        return new Producer(
                settings, 2, new ProducerIdentity(1, (short) 0), 0, sender, time, stats);
    }
}
