package sluice.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import sluice.engine.Engine.Member;
import sluice.engine.Engine.WalView;
import sluice.metadata.GatewayRecord;
import sluice.metadata.WalRecord;

/** What this gateway knows of the cluster, as it is shown to people. Owned by the engine's lane. */
final class ClusterViews {

    private final Membership membership;
    private final SlotTable table;

    ClusterViews(Membership membership, SlotTable table) {
        this.membership = membership;
        this.table = table;
    }

    List<Member> gateways() {
        Map<UUID, Integer> slots = new HashMap<>();
        for (int slot = 0; slot < table.count(); slot++) {
            table.owner(slot).ifPresent(owner -> slots.merge(owner.node(), 1, Integer::sum));
        }
        var views = new ArrayList<Member>();
        for (GatewayRecord record : membership.all()) {
            views.add(gateway(record, slots.getOrDefault(record.node(), 0)));
        }
        return views;
    }

    Member gateway(GatewayRecord record, int slots) {
        return new Member(
                record.node(),
                record.httpAddress(),
                record.zone(),
                membership.isAlive(record.node()),
                record.draining(),
                slots);
    }

    /** Wals that are not RELEASED. */
    List<WalView> wals(EngineCore core) {
        return core.wals().values().stream()
                .map(each -> each.value())
                .filter(record -> record.state() != WalRecord.State.RELEASED)
                .map(record ->
                        new WalView(
                                record.wal(),
                                record.node(),
                                record.state().name(),
                                record.epoch(),
                                record.chain().size(),
                                record.uploadedEnd(),
                                record.objects().size()))
                .toList();
    }
}
