package sluice.client.outbox;

/** What became of one attempt to send a {@link FixedBatch}. */
sealed interface Sent {

    /** In the log, by this attempt or an earlier one. */
    record Appended() implements Sent {}

    /** Not known, or not now: the same batch is to be sent again. */
    record Again(String reason) implements Sent {}

    /** Never in the log as it is, since its records or their topic are not valid. */
    record Refused(String code, String reason) implements Sent {}

    /** Not in the log: it misses what came before, so the sequence has to begin anew. */
    record OutOfSequence(String reason) implements Sent {}

    /** Not in the log: somebody used this producer id under a later epoch. */
    record Fenced(String reason) implements Sent {}
}
