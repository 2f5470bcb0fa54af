package sluice.consumer.dispatch;

import java.util.Comparator;
import sluice.consumer.group.TopicPartition;

/** A partition as the dispatcher sees it; only {@link Dispatcher} changes it. */
final class Source {

    final TopicPartition partition;

    /** In the ring: the highest level first, then whose turn it is. */
    static final Comparator<Source> ORDER =
            Comparator.comparingInt((Source each) -> -each.level)
                    .thenComparingLong(each -> each.turn)
                    .thenComparingLong(each -> each.order);

    /** The highest priority that its owner has ready. */
    int level;

    /** Messages of that priority, without those that were asked for. */
    long known;

    /** When it is asked next, in the dispatcher's time, which passes as messages are asked for. */
    long turn;

    /** Of equal turns, who has waited longest is first. */
    long order;

    /** Messages that were asked for and not answered. */
    int asked;

    /** Requests that are not answered. */
    int calls;

    /** False while its owner is not known to serve this coordinator. */
    boolean isOpen;

    boolean isInRing;

    /** True while its owner is to tell of messages, or of messages of a higher priority. */
    boolean isWatched;

    /** True if it brought nothing although it was said to have something. */
    boolean isResting;

    Source(TopicPartition partition) {
        this.partition = partition;
    }

    @Override
    public String toString() {
        return "source=%s level=%d known=%d asked=%d calls=%d"
                .formatted(partition, level, known, asked, calls);
    }
}
