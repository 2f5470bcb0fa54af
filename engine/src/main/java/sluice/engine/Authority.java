package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;

/**
 * Whether this gateway's wal is still the one that speaks for its slots, asked of the metadata.
 *
 * <p>An owner that slept may not know that others have its slots and have appended since. It can
 * acknowledge nothing, for the members are fenced; but it could still refuse: a producer's next
 * batch seems out of order, a reader's offset seems not to exist. Such a refusal is final for the
 * client, so it is given only after the record, read after the request came, says that the wal is
 * open. Owned by the engine's lane.
 */
final class Authority {

    /** Two looks at the metadata. */
    private static final long RECENT_NS = Duration.ofSeconds(2).toNanos();

    private record Asked(Runnable confirmed, Consumer<SluiceException> failed) {}

    private final Lane lane;
    private final Background background;
    private final WalStore store;
    private final UUID wal;
    private final WalRegistry.Lost lost;
    private final List<Asked> waiting = new ArrayList<>();
    private boolean isReading;
    private long openAtNs;

    Authority(Lane lane, Background background, WalStore store, UUID wal, WalRegistry.Lost lost) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.wal = wal;
        this.lost = lost;
        this.openAtNs = lane.nowNs();
    }

    /** The record was read and says that the wal is open; the read began at {@code beganNs}. */
    void seenOpen(long beganNs) {
        if (beganNs - openAtNs > 0) {
            openAtNs = beganNs;
        }
    }

    /**
     * Goes on if the wal was open a moment ago, else asks first. An owner that slept must not tell
     * readers an old high watermark after others have told a newer one. While the metadata is away
     * readers are answered all the same: then nobody can take the wal either.
     *
     * @param failed told {@code not-owner}
     */
    void whenRecent(Runnable go, Consumer<SluiceException> failed) {
        lane.assertOwner();
        if (lane.nowNs() - openAtNs < RECENT_NS) {
            go.run();
            return;
        }
        confirm(
                go,
                error -> {
                    if (error.kind() == SluiceException.Kind.FENCED) {
                        failed.accept(error);
                    } else {
                        go.run();
                    }
                });
    }

    /** True if a recoverer has, or had, the wal: nothing may be acknowledged in it any more. */
    static boolean isTaken(WalRecord record) {
        return record.state() == WalRecord.State.FENCING || record.recoverer().isPresent();
    }

    /**
     * Asks; all who ask while one read is under way share the next one.
     *
     * @param confirmed called on the lane if the wal was open after this call began
     * @param failed told {@code not-owner} if it was not, or why the metadata did not answer
     */
    void confirm(Runnable confirmed, Consumer<SluiceException> failed) {
        lane.assertOwner();
        waiting.add(new Asked(confirmed, failed));
        read();
    }

    private void read() {
        if (isReading || waiting.isEmpty()) {
            return;
        }
        isReading = true;
        var asked = List.copyOf(waiting);
        waiting.clear();
        long beganNs = lane.nowNs();
        background.run(lane, () -> store.get(wal), outcome -> answer(asked, beganNs, outcome));
    }

    private void answer(
            List<Asked> asked, long beganNs, Outcome<Optional<Versioned<WalRecord>>> outcome) {
        isReading = false;
        switch (outcome) {
            case Outcome.Failure<Optional<Versioned<WalRecord>>>(var error) ->
                    asked.forEach(each -> each.failed().accept(error));
            case Outcome.Success<Optional<Versioned<WalRecord>>>(var found) -> {
                boolean isOurs =
                        found.map(Versioned::value)
                                .filter(record -> record.state() == WalRecord.State.OPEN)
                                .isPresent();
                if (isOurs) {
                    seenOpen(beganNs);
                    asked.forEach(each -> each.confirmed().run());
                } else {
                    asked.forEach(each -> each.failed().accept(OwnedSlots.notOwner(-1)));
                    if (found.isEmpty() || isTaken(found.get().value())) {
                        lost.lost("the wal's record was taken by a recoverer");
                    }
                }
            }
        }
        read();
    }
}
