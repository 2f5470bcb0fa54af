package sluice.consumer.dispatch;

import sluice.consumer.group.TopicPartition;

/** A partition as the dispatcher sees it; only {@link Dispatcher} changes it. */
final class Source {

    final TopicPartition partition;

    /** Messages that its owner is known to have ready, without those that were asked for. */
    long known;

    /** Messages that were asked for and not answered. */
    int asked;

    /** Requests that are not answered. */
    int calls;

    /** False while its owner is not known to serve this coordinator. */
    boolean isOpen;

    boolean isInRing;
    boolean isWatched;

    /** True if it brought nothing although it was said to have something. */
    boolean isResting;

    Source(TopicPartition partition) {
        this.partition = partition;
    }

    @Override
    public String toString() {
        return "source=%s known=%d asked=%d calls=%d".formatted(partition, known, asked, calls);
    }
}
