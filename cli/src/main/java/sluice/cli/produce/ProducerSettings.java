package sluice.cli.produce;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import sluice.log.batch.BatchBuilder.Header;

/**
 * How a producer batches and sends.
 *
 * @param acks what an acknowledgement promises
 * @param batchBytes a batch is closed when the next record would make it larger
 * @param linger how long a batch that is not full waits for more records
 * @param timeout how long a request is repeated before the producer gives up
 * @param headers of every record
 * @param partition the one to write to; empty to choose by key
 * @param heldBytesMax records held in memory; over it, {@link Producer#append} waits
 */
public record ProducerSettings(
        Acks acks,
        int batchBytes,
        Duration linger,
        Duration timeout,
        List<Header> headers,
        OptionalInt partition,
        long heldBytesMax) {

    /** When a gateway acknowledges; the words are those of the API. */
    public enum Acks {
        /** When all members of the wal segment have it on disk. */
        ALL("all"),
        /** When the owner's disk has it. */
        OWNER("1"),
        /** At once; records may be lost without a word. */
        NONE("0");

        private final String word;

        Acks(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** Larger batches only cost memory at every gateway on their way. */
    public static final int BATCH_BYTES_MAX = 8 * 1024 * 1024;

    public ProducerSettings {
        headers = List.copyOf(headers);
        if (batchBytes < 1
                || batchBytes > BATCH_BYTES_MAX
                || heldBytesMax < batchBytes
                || linger.isNegative()) {
            throw new IllegalArgumentException(
                    "not producer settings: batchBytes=%d heldBytesMax=%d linger=%s"
                            .formatted(batchBytes, heldBytesMax, linger));
        }
    }
}
