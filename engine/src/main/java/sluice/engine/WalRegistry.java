package sluice.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;

/**
 * The owner's one writer of its own wal record: changes are applied one after another, each by a
 * conditional write, and repeated until their outcome is known.
 *
 * <p>The record has other writers only once a recoverer has taken the wal away; then the first lost
 * race ends this process's claim. Owned by the engine's lane.
 */
final class WalRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(WalRegistry.class);
    private static final Duration RETRY = Duration.ofMillis(200);

    /** Between two tries of a record that is too large. */
    private static final Duration RETRY_TOO_LARGE = Duration.ofSeconds(5);

    /** Told that the wal is lost. */
    interface Lost {
        void lost(String why);
    }

    private record Change(
            String name, UnaryOperator<WalRecord> change, Consumer<WalRecord> applied) {}

    private final Lane lane;
    private final Background background;
    private final WalStore store;
    private final RecordRoom room;
    private final Lost lost;
    private final ArrayDeque<Change> queue = new ArrayDeque<>();
    private Versioned<WalRecord> current;

    /** One change is being written, or its outcome is not known yet. */
    private boolean isWriting;

    private boolean isLost;
    private long waitingSinceNs;

    WalRegistry(
            Lane lane,
            Background background,
            WalStore store,
            Versioned<WalRecord> created,
            RecordRoom room,
            Lost lost) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.current = created;
        this.room = room;
        this.lost = lost;
    }

    /** The record as last written. */
    WalRecord record() {
        return current.value();
    }

    /** True if the first of the changes that wait has waited for so long. */
    boolean isStuck(Duration forSo) {
        return !queue.isEmpty() && lane.nowNs() - waitingSinceNs >= forSo.toNanos();
    }

    int queued() {
        return queue.size();
    }

    /** True if the wal should roll only for size and for faults. */
    boolean isTight() {
        return room.isTight(current.value());
    }

    /** True if the wal cannot roll before segments were uploaded or objects folded. */
    boolean isExhausted() {
        return room.isExhausted(current.value());
    }

    boolean hasRoomFor(int objects) {
        return room.fits(current.value(), objects);
    }

    /**
     * @throws SluiceException OVERLOADED {@code wal-record-full} if what is appended might need a
     *     segment of which the metadata cannot say anything any more
     */
    void checkRoom() {
        if (room.isFull(current.value())) {
            throw new SluiceException(
                    SluiceException.Kind.OVERLOADED,
                    "wal-record-full",
                    "too much of this gateway's wal is not in objects or not folded yet: segments=%d objects=%d; retry after a pause"
                            .formatted(
                                    current.value().chain().size(),
                                    current.value().objects().size()));
        }
    }

    /**
     * Queues a change.
     *
     * @param change from the record as it then is; must be repeatable
     * @param applied called on the lane when the change is in the metadata
     */
    void change(String name, UnaryOperator<WalRecord> change, Consumer<WalRecord> applied) {
        lane.assertOwner();
        if (queue.isEmpty()) {
            waitingSinceNs = lane.nowNs();
        }
        queue.addLast(new Change(name, change, applied));
        next();
    }

    private void next() {
        if (isWriting || isLost || queue.isEmpty()) {
            return;
        }
        isWriting = true;
        Change first = queue.getFirst();
        WalRecord target = first.change().apply(current.value());
        long version = current.version();
        background.run(
                lane,
                () -> store.replace(target, version),
                outcome -> ended(first, target, outcome));
    }

    private void ended(Change change, WalRecord target, Outcome<Written> outcome) {
        isWriting = false;
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long version)) ->
                    applied(change, new Versioned<>(target, version));
            case Outcome.Success<Written>(Written.Conflict()) -> look(change, target);
            case Outcome.Failure<Written>(var error)
                    when error.kind() == SluiceException.Kind.INVALID ->
                    refused(change, error);
            case Outcome.Failure<Written>(var error) -> {
                LOG.atWarn()
                        .addKeyValue("change", change.name())
                        .addKeyValue("kind", error.kind())
                        .setCause(error)
                        .log("wal record not written; trying again");
                // It may have been applied: look before anything is written again.
                lookLater(change, target);
            }
        }
    }

    /**
     * The store will never take this record, so the same again is in vain: a change that makes it
     * smaller goes first. The others commute with it, since it only drops what is named no more.
     */
    private void refused(Change change, SluiceException error) {
        LOG.atError()
                .addKeyValue("change", change.name())
                .addKeyValue("segments", current.value().chain().size())
                .addKeyValue("objects", current.value().objects().size())
                .setCause(error)
                .log("wal record refused by the store; objects must be folded first");
        for (Change each : queue) {
            if (each.change().apply(current.value()).objects().size()
                    < current.value().objects().size()) {
                queue.remove(each);
                queue.addFirst(each);
                next();
                return;
            }
        }
        lane.schedule(RETRY_TOO_LARGE, this::next);
    }

    private void applied(Change change, Versioned<WalRecord> written) {
        current = written;
        queue.remove(change);
        waitingSinceNs = lane.nowNs();
        change.applied().accept(written.value());
        next();
    }

    private void lookLater(Change change, WalRecord target) {
        isWriting = true;
        lane.schedule(RETRY, () -> look(change, target));
    }

    private void look(Change change, WalRecord target) {
        isWriting = true;
        background.run(
                lane,
                () -> store.get(target.wal()),
                outcome -> {
                    isWriting = false;
                    looked(change, target, outcome);
                });
    }

    private void looked(
            Change change, WalRecord target, Outcome<Optional<Versioned<WalRecord>>> outcome) {
        switch (outcome) {
            case Outcome.Failure<Optional<Versioned<WalRecord>>> _ -> lookLater(change, target);
            case Outcome.Success<Optional<Versioned<WalRecord>>>(var found) -> {
                if (found.isPresent() && isApplied(target, found.get().value())) {
                    applied(change, found.get());
                } else if (found.isEmpty() || !isOurs(found.get().value())) {
                    isLost = true;
                    lost.lost("the wal's record was taken by a recoverer");
                } else {
                    current = found.get();
                    next();
                }
            }
        }
    }

    /** Our own seal may have been followed by a release before we looked. */
    private static boolean isApplied(WalRecord target, WalRecord found) {
        boolean isReleased =
                target.state() == WalRecord.State.SEALED
                        && found.state() == WalRecord.State.RELEASED
                        && found.epoch() == target.epoch()
                        && found.recoverer().isEmpty();
        return isReleased || found.equals(target);
    }

    private boolean isOurs(WalRecord found) {
        return found.state() == WalRecord.State.OPEN && found.epoch() == current.value().epoch();
    }
}
