package sluice.consumer.coordinator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.consumer.stream.CommittedOffsets.Write;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.OffsetsRecord.Place;

/**
 * Writes what was accepted of a group's offsets: one write of an item under way at a time, what
 * comes meanwhile merged into the next, and everyone answered after the write that holds it.
 */
final class OffsetWrites {

    private static final String MOVED = "group-moved";

    /** Told what becomes of the writes. */
    interface Observer {
        /** Something is stored, or will not be. */
        void settled();

        /** The items are another coordinator's now, or what they hold is not known. */
        void lost(SluiceException why);
    }

    /** Waits for all items that it is spread over. */
    private static final class Waiter {
        final Consumer<Optional<SluiceException>> done;
        int left;
        boolean isPartlyStored;
        Optional<SluiceException> failure = Optional.empty();

        Waiter(Consumer<Optional<SluiceException>> done, int left) {
            this.done = done;
            this.left = left;
        }

        void ended(Optional<SluiceException> error) {
            isPartlyStored |= error.isEmpty();
            failure = failure.or(() -> error);
            if (--left == 0) {
                done.accept(failure.map(this::honest));
            }
        }

        private SluiceException honest(SluiceException error) {
            return isPartlyStored
                    ? new SluiceException(
                            Kind.UNKNOWN_OUTCOME,
                            "partly-committed",
                            "some of the offsets were committed, others not; commit them again",
                            error)
                    : error;
        }
    }

    private final GroupPorts ports;
    private final UUID group;
    private final CommittedOffsets offsets;
    private final Observer observer;
    private final Map<Place, List<Waiter>> waiting = new HashMap<>();
    private boolean isStopped;

    OffsetWrites(GroupPorts ports, UUID group, CommittedOffsets offsets, Observer observer) {
        this.ports = ports;
        this.group = group;
        this.offsets = offsets;
        this.observer = observer;
    }

    /**
     * @param done told once: nothing when all of it is stored; UNAVAILABLE if none is, or
     *     UNKNOWN_OUTCOME
     */
    void write(List<Entry> entries, Consumer<Optional<SluiceException>> done) {
        Set<Place> places = offsets.accept(entries);
        if (places.isEmpty()) {
            done.accept(Optional.empty());
            return;
        }
        var waiter = new Waiter(done, places.size());
        for (Place place : places) {
            waiting.computeIfAbsent(place, _ -> new ArrayList<>()).add(waiter);
            begin(place);
        }
    }

    private void begin(Place place) {
        Optional<Write> next = isStopped ? Optional.empty() : offsets.begin(place);
        if (next.isPresent()) {
            Write write = next.get();
            List<Waiter> waiters = waiters(place);
            ports.background()
                    .run(
                            ports.lane(),
                            () ->
                                    ports.store()
                                            .putOffsets(
                                                    group,
                                                    place,
                                                    write.record(),
                                                    write.expectedVersion()),
                            outcome -> ended(place, waiters, outcome));
        }
    }

    private List<Waiter> waiters(Place place) {
        List<Waiter> found = waiting.remove(place);
        return found == null ? List.of() : found;
    }

    private void ended(Place place, List<Waiter> waiters, Outcome<Written> outcome) {
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long version)) -> {
                offsets.written(place, version);
                waiters.forEach(each -> each.ended(Optional.empty()));
                observer.settled();
                begin(place);
            }
            case Outcome.Success<Written>(Written.Conflict _) -> {
                SluiceException moved = moved();
                waiters.forEach(each -> each.ended(Optional.of(moved)));
                observer.lost(moved);
            }
            case Outcome.Failure<Written>(var error) -> {
                waiters.forEach(each -> each.ended(Optional.of(error)));
                if (isNotDone(error)) {
                    offsets.refused(place);
                    observer.settled();
                    begin(place);
                } else {
                    observer.lost(error);
                }
            }
        }
    }

    /**
     * Removes what is stored of a topic that is no more. What cannot be removed now stays, under an
     * id that no topic gets again.
     */
    void remove(long topicId) {
        if (isStopped || offsets.isPending(topicId)) {
            return;
        }
        for (CommittedOffsets.Item item : offsets.forget(topicId)) {
            ports.background()
                    .run(
                            ports.lane(),
                            () -> ports.store().removeOffsets(group, item.place(), item.version()),
                            _ -> {});
        }
    }

    static boolean isNotDone(SluiceException error) {
        return error.kind() == Kind.UNAVAILABLE || error.kind() == Kind.OVERLOADED;
    }

    static boolean isMoved(SluiceException error) {
        return error.code().equals(MOVED);
    }

    static SluiceException moved() {
        return new SluiceException(
                Kind.UNAVAILABLE,
                MOVED,
                "another gateway coordinates the group now; retry, and the request finds it");
    }

    /** Begins no more writes; whoever waits for one that is under way is told how it ends. */
    void stop(SluiceException why) {
        isStopped = true;
        var left = List.copyOf(waiting.values());
        waiting.clear();
        left.forEach(waiters -> waiters.forEach(each -> each.ended(Optional.of(why))));
    }
}
