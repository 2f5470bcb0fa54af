package sluice.consumer.coordinator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import sluice.consumer.dispatch.Lease;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueReply.Held;
import sluice.consumer.group.QueueReply.Holder;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.log.lane.Outcome;

/** What sessions have, with the times that only the partitions' owners know. */
final class SessionHoldings {

    private static final int LEASES_MAX = 5_000;

    private final QueuePartitions partitions;
    private final Map<UUID, List<Lease>> leases = new HashMap<>();

    /** When each lease was given out; lease numbers are one queue's own. */
    private final Map<TopicPartition, Map<Long, Long>> sinceMs = new HashMap<>();

    private SessionHoldings(QueuePartitions partitions) {
        this.partitions = partitions;
    }

    /** Asks the owners of all partitions of which one of the sessions has something. */
    static void tell(
            QueuePartitions partitions,
            List<QueueReply.Session> sessions,
            Function<UUID, List<Lease>> leases,
            Answer answer) {
        var holdings = new SessionHoldings(partitions);
        var firsts = new HashMap<TopicPartition, Long>();
        for (QueueReply.Session session : sessions) {
            List<Lease> of = leases.apply(session.id());
            holdings.leases.put(session.id(), of);
            of.forEach(each -> firsts.merge(each.partition(), each.delivery().offset(), Math::min));
        }
        int[] left = {firsts.size() + 1};
        Runnable one =
                () -> {
                    if (--left[0] == 0) {
                        answer.reply(
                                new QueueReply.SessionsTold(
                                        sessions.stream().map(holdings::told).toList()));
                    }
                };
        firsts.forEach((at, first) -> holdings.ask(at, first, one));
        one.run();
    }

    private void ask(TopicPartition at, long first, Runnable then) {
        QueuePartition partition = partitions.get(at);
        if (partition == null) {
            then.run();
            return;
        }
        partition.call(
                new PartitionRequest.Leases(first, LEASES_MAX),
                PartitionReply.Leases.class,
                outcome -> {
                    if (outcome instanceof Outcome.Success<PartitionReply.Leases>(var page)) {
                        var known = new HashMap<Long, Long>();
                        page.leases().forEach(each -> known.put(each.lease(), each.sinceMs()));
                        sinceMs.put(at, known);
                    }
                    then.run();
                });
    }

    private Holder told(QueueReply.Session session) {
        List<Lease> of = leases.getOrDefault(session.id(), List.of());
        return new Holder(session, of.stream().map(this::held).toList());
    }

    private Held held(Lease lease) {
        DeliveryId delivery = lease.delivery();
        Long since = sinceMs.getOrDefault(lease.partition(), Map.of()).get(delivery.lease());
        return new Held(
                delivery,
                lease.partition(),
                lease.count(),
                lease.firstAtMs(),
                since == null ? OptionalLong.empty() : OptionalLong.of(since),
                lease.deadlineMs());
    }
}
