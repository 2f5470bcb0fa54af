package sluice.consumer.queue;

/** A rule that is broken, so that the run must notice. */
enum Breakage {
    NONE,
    GIVES_A_LEASED_MESSAGE,
    GIVES_A_DONE_MESSAGE,
    COUNT_FALLS,
    FORGETS_A_MESSAGE,
    LOG_LOSES_A_CHANGE,
    SNAPSHOT_FORGETS_WHAT_WAS_SETTLED,
    GIVES_MORE_THAN_THE_LIMIT,
    ACCEPTS_A_LATE_ACKNOWLEDGEMENT
}
