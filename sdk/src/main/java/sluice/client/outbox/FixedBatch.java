package sluice.client.outbox;

import java.util.List;

/**
 * Rows that are sent as one batch, whoever sends it and however often: what makes a repetition
 * known to the log is durable before the first attempt.
 *
 * @param rows ids of the rows, in the order of their records
 */
record FixedBatch(
        String topic,
        int partition,
        long producerId,
        short epoch,
        int baseSequence,
        List<Long> rows) {

    FixedBatch {
        rows = List.copyOf(rows);
        assert !rows.isEmpty() : "a batch without rows: topic=" + topic;
    }

    Stream stream() {
        return new Stream(topic, partition);
    }

    /** The sequence after this batch. They wrap from 2^31 − 1 to 0, as the log counts them. */
    int nextSequence() {
        return (int) ((baseSequence + (long) rows.size()) & Integer.MAX_VALUE);
    }

    /** Where one lane's batches follow each other: a partition. */
    record Stream(String topic, int partition) {}

    /** How far a stream has got. */
    record Position(long producerId, short epoch, int nextSequence) {

        static Position first(long producerId) {
            return new Position(producerId, (short) 0, 0);
        }

        boolean hasNextEpoch() {
            return epoch < Short.MAX_VALUE;
        }

        /** Under a new epoch sequences begin again, and what is late of the old one is refused. */
        Position nextEpoch() {
            assert hasNextEpoch() : "epochs are used up: producerId=" + producerId;
            return new Position(producerId, (short) (epoch + 1), 0);
        }
    }
}
