package sluice.consumer.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement;

/** The messages that the consumer of a session has, as far as its gateway knows. */
final class HeldMessages {

    private final Set<DeliveryId> held = new LinkedHashSet<>();

    /** Of these, the ones of which the consumer said what is to become, and was not answered. */
    private final Set<DeliveryId> settling = new HashSet<>();

    void add(DeliveryId delivery) {
        held.add(delivery);
    }

    List<DeliveryId> all() {
        return List.copyOf(held);
    }

    /** Those that the consumer still works on. */
    int open() {
        return held.size() - settling.size();
    }

    /** The consumer said what is to become of these. */
    void settling(List<QueueRequest.Item> items) {
        for (QueueRequest.Item each : items) {
            if (isEnd(each.outcome()) && held.contains(each.delivery())) {
                settling.add(each.delivery());
            }
        }
    }

    /**
     * @param results null if it is not known what came of them
     */
    void settled(List<QueueRequest.Item> items, @Nullable List<QueueReply.Result> results) {
        for (int i = 0; i < items.size(); i++) {
            QueueRequest.Item item = items.get(i);
            if (results != null && isGone(item.outcome(), results.get(i))) {
                held.remove(item.delivery());
            }
            settling.remove(item.delivery());
        }
    }

    private static boolean isGone(Settlement.Outcome outcome, QueueReply.Result result) {
        return switch (result) {
            case QueueReply.Result.Done() -> isEnd(outcome);
            case QueueReply.Result.Refused(var refusal, _) ->
                    refusal != Settlement.Refusal.FOREIGN_SESSION;
            case QueueReply.Result.Failed _ -> false;
        };
    }

    private static boolean isEnd(Settlement.Outcome outcome) {
        return switch (outcome) {
            case Settlement.Outcome.Acknowledge _,
                    Settlement.Outcome.Release _,
                    Settlement.Outcome.NotDelivered _,
                    Settlement.Outcome.Reject _ ->
                    true;
            case Settlement.Outcome.Extend _ -> false;
        };
    }

    /**
     * The coordinator knows nothing of these.
     *
     * @return those of them that the consumer works on. Of one that is being settled, the answer to
     *     that tells
     */
    List<DeliveryId> lose(Collection<DeliveryId> deliveries) {
        var lost = new ArrayList<>(deliveries);
        lost.retainAll(held);
        lost.removeAll(settling);
        lost.forEach(held::remove);
        return lost;
    }
}
