package sluice.consumer.group;

import java.util.List;
import java.util.OptionalLong;
import sluice.consumer.queue.MessageFilter;

/**
 * Messages that are to leave a queue, and where they are to go.
 *
 * @param places of which; empty: all that are in the queue when it begins
 * @param filter of those, the ones that it means
 * @param max at most so many
 * @param perSecond at most so many a second; 0 for as fast as it goes
 */
public record RedriveOrder(
        List<Place> places, MessageFilter filter, OptionalLong max, int perSecond, Target target) {

    public static final int PLACES_MAX = 1_000;
    public static final int PER_SECOND_MAX = 100_000;

    /** A message's place in its topic. */
    public record Place(int partition, long offset) {}

    /** Where they go. */
    public sealed interface Target {
        /** Where they came from before they were dead letters. */
        record Origin() implements Target {}

        record Topic(String name) implements Target {}

        /** They are done, and go nowhere. */
        record Nowhere() implements Target {}
    }

    public RedriveOrder {
        places = List.copyOf(places);
        if (places.size() > PLACES_MAX || perSecond < 0 || perSecond > PER_SECOND_MAX) {
            throw new IllegalArgumentException(
                    "places=%d max=%d perSecond=%d max=%d"
                            .formatted(places.size(), PLACES_MAX, perSecond, PER_SECOND_MAX));
        }
    }
}
