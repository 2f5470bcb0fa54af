package sluice.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import sluice.metadata.AssignmentRecord;
import sluice.metadata.GatewayRecord;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;

/**
 * Where slots should be: as the assignment says, as long as the gateway that it names can own
 * slots. A view of one look at the metadata; two gateways may differ in theirs, and then the
 * conditional write decides.
 */
final class SlotTargets {

    private final List<UUID> able;
    private final Set<UUID> isAble;
    private final List<UUID> alive;
    private final Optional<AssignmentRecord> assignment;

    /**
     * @param alive gateways that live and do not drain, in a fixed order
     * @param wals as just read
     */
    SlotTargets(
            List<GatewayRecord> alive,
            Map<UUID, Versioned<WalRecord>> wals,
            Optional<Versioned<AssignmentRecord>> assignment) {
        var open = new ArrayList<UUID>();
        for (GatewayRecord gateway : alive) {
            Versioned<WalRecord> wal = wals.get(gateway.wal());
            if (wal != null && wal.value().state() == WalRecord.State.OPEN) {
                open.add(gateway.node());
            }
        }
        this.able = List.copyOf(open);
        this.isAble = new HashSet<>(able);
        this.alive = alive.stream().map(GatewayRecord::node).toList();
        this.assignment = assignment.map(Versioned::value);
    }

    /** Gateways that can own slots: they live, do not drain, and their wals are open. */
    List<UUID> able() {
        return able;
    }

    /** The assigned gateway, if it can own the slot now. */
    Optional<UUID> assigned(int slot) {
        return assignment.flatMap(each -> each.target(slot)).filter(isAble::contains);
    }

    /** Who should take a slot that nobody owns: the assigned gateway, else the living in turn. */
    Optional<UUID> taker(int slot) {
        Optional<UUID> assigned = assigned(slot);
        return assigned.isPresent() || alive.isEmpty()
                ? assigned
                : Optional.of(alive.get(slot % alive.size()));
    }
}
