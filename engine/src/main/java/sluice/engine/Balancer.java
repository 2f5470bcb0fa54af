package sluice.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.AssignmentRecord;
import sluice.metadata.AssignmentStore;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord;
import sluice.metadata.Versioned;

/**
 * Writes the assignment anew when gateways come or go, if this gateway leads: if it wrote the
 * present one, or if who did cannot own slots any more and it is the first of those that can. The
 * heartbeats are its lease. Two that both think they lead write in turn, each conditional on what
 * it read; no promise rests on it. Owned by the engine's lane.
 */
final class Balancer {

    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);

    /** Heartbeats for which another leader's assignment stands. */
    private static final int OTHERS_BEATS = 3;

    private final Lane lane;
    private final Background background;
    private final AssignmentStore store;
    private final SlotTable table;
    private final UUID self;
    private final EngineLimits limits;
    private final Runnable written;
    private final Runnable wantsSlots;
    private final long startedNs;
    private boolean isWriting;
    private boolean isLookDue;
    private List<UUID> lastAble = List.of();
    private long ableSinceNs;
    private long lastVersion = -1;
    private long versionSinceNs;

    /**
     * @param written called when a new assignment is in the metadata
     * @param wantsSlots called to have all slots read before the next call
     */
    Balancer(
            Lane lane,
            Background background,
            AssignmentStore store,
            SlotTable table,
            UUID self,
            EngineLimits limits,
            Runnable written,
            Runnable wantsSlots) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.table = table;
        this.self = self;
        this.limits = limits;
        this.written = written;
        this.wantsSlots = wantsSlots;
        this.startedNs = lane.nowNs();
    }

    /** Looks whether the assignment names those that can own slots, and no others. */
    void consider(ClusterLook.Seen seen, SlotTargets targets) {
        lane.assertOwner();
        List<UUID> able = targets.able();
        Optional<AssignmentRecord> present = seen.assignment().map(Versioned::value);
        Duration calmIn = calmIn(able, seen);
        if (isWriting || able.isEmpty() || !leads(present, able) || !mayBegin(able)) {
            return;
        }
        boolean fits =
                present.filter(each -> new HashSet<>(each.nodes()).equals(new HashSet<>(able)))
                        .filter(each -> each.targets().size() == table.count())
                        .isPresent();
        if (fits) {
            return;
        }
        if (!calmIn.isZero()) {
            lookIn(calmIn);
            return;
        }
        if (!seen.slotsRead()) {
            wantsSlots.run();
            return;
        }
        List<Integer> shares =
                SlotShares.of(
                        table.count(),
                        able,
                        slot ->
                                present.flatMap(each -> each.target(slot))
                                        .filter(able::contains)
                                        .or(() -> table.owner(slot).map(SlotRecord.Owner::node)));
        write(new AssignmentRecord(self, able, shares), seen);
    }

    private boolean leads(Optional<AssignmentRecord> present, List<UUID> able) {
        return present.map(AssignmentRecord::leader)
                .filter(able::contains)
                .orElse(able.getFirst())
                .equals(self);
    }

    /**
     * How long until this gateway's view of the others has stood still for a beat, and another
     * leader's assignment for longer: two whose views differ must not write in turn as fast as they
     * can.
     */
    private Duration calmIn(List<UUID> able, ClusterLook.Seen seen) {
        long nowNs = lane.nowNs();
        if (!able.equals(lastAble)) {
            lastAble = List.copyOf(able);
            ableSinceNs = nowNs;
        }
        long version = seen.assignment().map(Versioned::version).orElse(0L);
        if (version != lastVersion) {
            lastVersion = version;
            versionSinceNs = nowNs;
        }
        boolean isOwn =
                seen.assignment().filter(each -> !each.value().leader().equals(self)).isEmpty();
        long beatNs = limits.heartbeat().toNanos();
        long ableNs = ableSinceNs + beatNs - nowNs;
        long versionNs = isOwn ? 0 : versionSinceNs + OTHERS_BEATS * beatNs - nowNs;
        return Duration.ofNanos(Math.max(0, Math.max(ableNs, versionNs)));
    }

    /** The next look may come much later than the end of a wait. */
    private void lookIn(Duration wait) {
        if (!isLookDue) {
            isLookDue = true;
            lane.schedule(
                    wait,
                    () -> {
                        isLookDue = false;
                        wantsSlots.run();
                    });
        }
    }

    private boolean mayBegin(List<UUID> able) {
        boolean isOwned = false;
        for (int slot = 0; slot < table.count() && !isOwned; slot++) {
            isOwned = table.owner(slot).isPresent();
        }
        return isOwned
                || able.size() >= limits.expectedGateways()
                || lane.nowNs() - startedNs >= limits.startGrace().toNanos();
    }

    private void write(AssignmentRecord next, ClusterLook.Seen seen) {
        isWriting = true;
        long version = seen.assignment().map(Versioned::version).orElse(0L);
        background.run(
                lane,
                () -> store.replace(next, version),
                outcome -> {
                    isWriting = false;
                    if (outcome instanceof Outcome.Success<Written>(Written.Applied _)) {
                        LOG.atInfo()
                                .addKeyValue("gateways", next.nodes().size())
                                .log("slots assigned anew");
                        written.run();
                    }
                });
    }
}
