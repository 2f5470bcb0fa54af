package sluice.gateway.produce;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * An {@code Idempotency-Key} as the log knows it: a producer of its own that sends one batch to a
 * partition, so that the rule against repeated sequences makes a request safe to repeat.
 *
 * <pre>
 *   producer id     bit 62 set, which no id from the engine has; below it 62 bits of
 *                   SHA-256(topic id, 8 bytes big-endian; key, ASCII)
 *   producer epoch  0
 *   base sequence   31 bits of SHA-256(body as sent): the same key with another body is another
 *                   sequence, which the owner refuses
 *   partition       of records without key and partition: the next 31 bits of the first hash,
 *                   modulo the partitions, so that a repeated request goes to the same place
 * </pre>
 *
 * @param partitionHash not negative
 */
record IdempotencyKey(long producerId, int baseSequence, int partitionHash) {

    static final long FIRST_PRODUCER_ID = 1L << 62;

    private static final int LENGTH_MAX = 255;

    /**
     * @throws ProblemException {@code bad-idempotency-key}
     */
    static IdempotencyKey of(String key, long topicId, byte[] body, int from, int length) {
        return of(key, topicId, fingerprint(body, from, length));
    }

    /**
     * As one of several topics that one request goes to.
     *
     * @param fingerprint of its body
     * @throws ProblemException {@code bad-idempotency-key}
     */
    static IdempotencyKey of(String key, long topicId, int fingerprint) {
        check(key);
        MessageDigest sha = sha256();
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(topicId).flip());
        ByteBuffer ofKey = ByteBuffer.wrap(sha.digest(key.getBytes(StandardCharsets.US_ASCII)));
        long producerId = FIRST_PRODUCER_ID | ofKey.getLong() & (FIRST_PRODUCER_ID - 1);
        return new IdempotencyKey(producerId, fingerprint, ofKey.getInt() & Integer.MAX_VALUE);
    }

    /** The sequence that stands for a body. */
    static int fingerprint(byte[] body, int from, int length) {
        MessageDigest sha = sha256();
        sha.update(body, from, length);
        return ByteBuffer.wrap(sha.digest()).getInt() & Integer.MAX_VALUE;
    }

    private static void check(String key) {
        boolean isVisible = key.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        if (key.isEmpty() || key.length() > LENGTH_MAX || !isVisible) {
            throw new ProblemException(
                    ProblemType.BAD_IDEMPOTENCY_KEY,
                    "length=%d expected=1..%d visible ASCII characters"
                            .formatted(key.length(), LENGTH_MAX));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
