package sluice.gateway.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;
import sluice.client.produce.Acks;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.client.produce.RecordMetadata;
import sluice.client.record.Compression;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;

@QuarkusTest
final class SdkProducerTest {

    @Inject MemoryEngine engine;

    private final SluiceClient client = Sluice.connect(Api.address());

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void recordsAreWrittenInTheirOrderAndReadAsTheyWere(Compression compression) {
        String topic = Api.newTopic(3);
        var written = new ArrayList<CompletableFuture<RecordMetadata>>();
        try (Producer producer =
                client.producer().compression(compression).batchBytes(4_000).build()) {
            for (int i = 0; i < 3_000; i++) {
                written.add(
                        producer.send(
                                ProducerRecord.of(topic, "key-" + i % 17, "value number " + i)
                                        .header("number", "" + i)));
            }
        }

        var last = new HashMap<String, Integer>();
        for (int partition = 0; partition < 3; partition++) {
            var records = Api.fetch(topic, partition, "?max=100000&maxBytes=8000000").json();
            for (var record : records.get("records")) {
                int number = record.at("/headers/number").asInt();
                RecordMetadata told = written.get(number).join();
                assertEquals(partition, told.partition());
                assertEquals(record.get("offset").asLong(), told.offset());
                assertEquals(record.get("timestamp").asLong(), told.timestampMs());
                assertEquals("value number " + number, record.get("value").asText());
                Integer before = last.put(record.get("key").asText(), number);
                assertTrue(before == null || before < number, "order of " + record.get("key"));
            }
        }
        assertEquals(17, last.size());
        assertEquals(3_000, total(topic, 3));
    }

    @Test
    void refusalsThatPassAreWaitedOutAndNothingIsWrittenTwice() {
        String topic = Api.newTopic(1);
        try (Producer producer = client.producer().linger(Duration.ZERO).build()) {
            producer.send(ProducerRecord.of(topic, "first")).join();
            engine.failAppend(0, failure(SluiceException.Kind.UNAVAILABLE));
            engine.failAppend(0, failure(SluiceException.Kind.UNKNOWN_OUTCOME));

            assertEquals(1, producer.send(ProducerRecord.of(topic, "again")).join().offset());
            assertTrue(producer.metrics().retries() >= 2);
        }
        assertEquals(2, total(topic, 1));
    }

    @Test
    void withoutIdempotenceAnUnknownOutcomeIsTold() {
        String topic = Api.newTopic(1);
        try (Producer producer = client.producer().idempotent(false).build()) {
            engine.failAppend(0, failure(SluiceException.Kind.UNKNOWN_OUTCOME));
            var written = producer.send(ProducerRecord.of(topic, "v"));

            assertInstanceOf(UnknownOutcomeException.class, failure(written));
        }
    }

    @Test
    void withoutWaitingForADiskThereIsNoOffset() {
        String topic = Api.newTopic(1);
        try (Producer producer = client.producer().acks(Acks.NONE).build()) {
            RecordMetadata written = producer.send(ProducerRecord.of(topic, "v")).join();

            assertFalse(written.hasOffset());
        }
        assertEquals(1, total(topic, 1));
    }

    @Test
    void unknownTopicIsTold() {
        try (Producer producer = client.producer().build()) {
            var refused =
                    assertInstanceOf(
                            SluiceApiException.class,
                            failure(producer.send(ProducerRecord.of("nowhere", "v"))));

            assertEquals("unknown-topic", refused.code());
            assertEquals(404, refused.status());
        }
    }

    @Test
    void gatewayThatIsNotThereIsPassedOver() {
        String topic = Api.newTopic(1);
        try (var other = Sluice.connect("http://127.0.0.1:1," + Api.address());
                Producer producer = other.producer().build()) {
            assertEquals(0, producer.send(ProducerRecord.of(topic, "v")).join().offset());
        }
    }

    @Test
    void fullProducerRefusesInTheTimeThatItMayBlock() {
        String topic = Api.newTopic(1);
        Producer producer =
                client.producer()
                        .heldBytesMax(10_000)
                        .maxBlock(Duration.ofMillis(200))
                        .deliveryTimeout(Duration.ofSeconds(20))
                        .build();
        try (producer) {
            producer.send(ProducerRecord.of(topic, "first")).join();
            engine.holdAnswers();
            try {
                var held = new ArrayList<CompletableFuture<RecordMetadata>>();
                for (int i = 0; i < 9; i++) {
                    held.add(producer.send(ProducerRecord.of(topic, "x".repeat(1_000))));
                }
                var refused = producer.send(ProducerRecord.of(topic, "x".repeat(1_000)));

                assertInstanceOf(RetriableException.class, failure(refused));
                assertTrue(producer.metrics().bytesHeld() <= 10_000);
            } finally {
                engine.answerHeld();
            }
        }
        assertEquals(10, total(topic, 1));
    }

    @Test
    void waitingSenderGoesOnWhenThereIsRoomAgain() throws Exception {
        String topic = Api.newTopic(1);
        try (Producer producer = client.producer().heldBytesMax(10_000).build()) {
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                senders.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    for (int i = 0; i < 200; i++) {
                                        var unused =
                                                producer.send(
                                                        ProducerRecord.of(topic, "x".repeat(900)));
                                    }
                                }));
            }
            for (Thread sender : senders) {
                sender.join();
            }
            producer.flush();

            assertEquals(800, producer.metrics().recordsAcked());
        }
        assertEquals(800, total(topic, 1));
    }

    @Test
    void closedProducerTakesNothing() {
        Producer producer = client.producer().build();
        producer.close();

        assertThrows(
                IllegalStateException.class, () -> producer.send(ProducerRecord.of("any", "v")));
    }

    @Test
    void closingInTimeTellsWhatIsNotKnown() {
        String topic = Api.newTopic(1);
        Producer producer = client.producer().build();
        producer.send(ProducerRecord.of(topic, "first")).join();
        engine.holdAnswers();
        try {
            var written = producer.send(ProducerRecord.of(topic, "v"));
            producer.close(Duration.ofMillis(200));

            assertInstanceOf(UnknownOutcomeException.class, failure(written));
        } finally {
            engine.answerHeld();
        }
    }

    private static SluiceException failure(SluiceException.Kind kind) {
        return new SluiceException(kind, "scripted", "scripted");
    }

    private static Throwable failure(CompletableFuture<RecordMetadata> written) {
        assertThrows(CompletionException.class, written::join);
        return written.exceptionNow();
    }

    private long total(String topic, int partitions) {
        long total = 0;
        for (int i = 0; i < partitions; i++) {
            total += engine.highWatermark(topic, i);
        }
        return total;
    }
}
