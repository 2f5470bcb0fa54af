package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.SessionEvent.Lost;

/** Which partitions a member holds, kept as its coordinator tells; what changed becomes events. */
final class Holdings {

    /** Where a member that comes back says it stands, and in which epoch that was. */
    record Positions(long epoch, Map<TopicPartition, Long> next) {
        static final Positions NONE = new Positions(-1, Map.of());

        Positions {
            next = Map.copyOf(next);
        }

        /** −1 if it does not say, or if what it says is of an earlier hold. */
        long of(Hold hold) {
            return hold.since() <= epoch ? next.getOrDefault(hold.partition(), -1L) : -1;
        }
    }

    /**
     * What another look at the holds brought.
     *
     * @param gained are read from now on, as soon as it is known where
     * @param kept were to be given back, and are not any more
     * @param revoking are to be given back
     * @param lost by reason
     */
    record Change(
            List<Gained> gained,
            List<HeldPartition> kept,
            List<HeldPartition> revoking,
            Duration revokingWithin,
            Map<Lost.Reason, List<HeldPartition>> lost) {}

    /**
     * @param hold says how far it was committed
     */
    record Gained(HeldPartition partition, Hold hold) {}

    private final Map<TopicPartition, HeldPartition> held = new LinkedHashMap<>();
    private final Set<TopicPartition> released = new HashSet<>();

    @Nullable HeldPartition get(TopicPartition partition) {
        return held.get(partition);
    }

    /** True if this very hold stands. */
    boolean stands(HeldPartition partition) {
        return held.get(partition.id) == partition;
    }

    Collection<HeldPartition> all() {
        return List.copyOf(held.values());
    }

    /** Marks those that are to be given back as done with; others are passed over. */
    boolean release(Collection<TopicPartition> partitions) {
        boolean isNew = false;
        for (TopicPartition id : partitions) {
            HeldPartition partition = held.get(id);
            if (partition != null && partition.isRevoking) {
                isNew |= released.add(id);
            }
        }
        return isNew;
    }

    /** Those that are given back, and of which the coordinator is to be told. */
    List<TopicPartition> released() {
        return List.copyOf(released);
    }

    /** Takes over what the coordinator says. */
    Change apply(List<Hold> holds, Positions positions) {
        var change =
                new Change(
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        shortest(holds),
                        new EnumMap<>(Lost.Reason.class));
        var told = new HashMap<TopicPartition, Hold>();
        holds.forEach(hold -> told.put(hold.partition(), hold));
        for (HeldPartition partition : all()) {
            Hold hold = told.get(partition.id);
            if (hold == null || hold.since() != partition.since) {
                held.remove(partition.id);
                boolean wasReleased = released.remove(partition.id);
                change.lost()
                        .computeIfAbsent(
                                reason(partition, wasReleased, hold), _ -> new ArrayList<>())
                        .add(partition);
            }
        }
        holds.forEach(hold -> take(hold, positions, change));
        return change;
    }

    private void take(Hold hold, Positions positions, Change change) {
        HeldPartition partition = held.get(hold.partition());
        boolean isRevoking = hold.state() == Hold.State.REVOKING;
        if (partition == null) {
            partition = new HeldPartition(hold.partition(), hold.since());
            partition.next = positions.of(hold);
            held.put(partition.id, partition);
            if (!isRevoking) {
                change.gained().add(new Gained(partition, hold));
            }
        } else if (partition.isRevoking && !isRevoking) {
            released.remove(partition.id);
            change.kept().add(partition);
        }
        if (isRevoking && !partition.isRevoking) {
            change.revoking().add(partition);
        }
        partition.isRevoking = isRevoking;
    }

    private static Lost.Reason reason(
            HeldPartition partition, boolean wasReleased, @Nullable Hold hold) {
        if (wasReleased) {
            return Lost.Reason.RELEASED;
        }
        if (partition.isRevoking) {
            return Lost.Reason.TIMEOUT;
        }
        return hold == null ? Lost.Reason.REMOVED : Lost.Reason.RESET;
    }

    private static Duration shortest(List<Hold> holds) {
        return holds.stream()
                .filter(hold -> hold.state() == Hold.State.REVOKING)
                .map(Hold::releaseWithin)
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
