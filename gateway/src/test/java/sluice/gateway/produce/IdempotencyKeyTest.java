package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class IdempotencyKeyTest {

    @Test
    void theFormOfAKeyInTheLogIsPinned() {
        assertEquals(
                new IdempotencyKey(4615473681067882132L, 588088152, 1062570021),
                key("key-1", 7, "body"));
    }

    @Test
    void noKeyLooksLikeAProducerOfTheEngine() {
        for (int i = 0; i < 1_000; i++) {
            assertTrue(key("key-" + i, 7, "body").producerId() >= 1L << 62, "key-" + i);
        }
    }

    @Test
    void anotherTopicIsAnotherProducer() {
        assertNotEquals(key("key", 7, "body").producerId(), key("key", 8, "body").producerId());
    }

    @Test
    void anotherBodyIsAnotherSequence() {
        assertNotEquals(key("key", 7, "a").baseSequence(), key("key", 7, "b").baseSequence());
    }

    private static IdempotencyKey key(String key, long topicId, String body) {
        byte[] bytes = ("<" + body + ">").getBytes();
        return IdempotencyKey.of(key, topicId, bytes, 1, bytes.length - 2);
    }
}
