package sluice.bench.churn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sluice.bench.churn.Findings.Fault;
import sluice.bench.member.MemberEvent;

/**
 * What a run's log proves. It is gone through by time; what each partition's holders did is
 * followed.
 *
 * <p>A hold goes from being told of it to being done with it, to its loss, or to the end of its
 * member: by leaving, by death, or by being stopped. A stopped member that wakes before anybody
 * else was given its partition holds it still. One that got no processor for a session timeout may
 * learn of its loss after another has the partition; but it must handle nothing more of it.
 */
public final class ChurnChecks {

    private final Findings.Collected found = new Findings.Collected();
    private final Map<Integer, PartitionState> partitions = new TreeMap<>();

    /** How many records of each key were handled, in order. */
    private final Map<String, Long> handledOfKeys = new HashMap<>();

    private ChurnChecks() {}

    /** Of one partition. */
    private static final class PartitionState {
        final Map<String, Hold> holds = new TreeMap<>();
        final Map<String, Hold> stopped = new TreeMap<>();
        long handledEnd;
        long committed;
        long given;
    }

    private static final class Hold {
        /** The first that was not handled; −1 before anything was. */
        long next = -1;

        /** Another that was told of it meanwhile; empty if nobody was. */
        String givenTo = "";

        /** How often the partition had been given to somebody when the member was stopped. */
        long givenBefore;
    }

    public static Findings of(ChurnResult result) {
        var checks = new ChurnChecks();
        for (RunLog.Entry entry : result.entries()) {
            checks.entry(entry.member(), entry.event());
        }
        checks.end(result);
        return checks.found.all();
    }

    private PartitionState partition(int partition) {
        return partitions.computeIfAbsent(partition, _ -> new PartitionState());
    }

    private void entry(String member, MemberEvent event) {
        switch (event) {
            case MemberEvent.Assigned(_, var given) ->
                    given.forEach(partition -> assigned(member, partition));
            case MemberEvent.Returned(_, var gone) ->
                    gone.forEach(partition -> partition(partition).holds.remove(member));
            case MemberEvent.Lost(_, var gone) ->
                    gone.forEach(partition -> partition(partition).holds.remove(member));
            case MemberEvent.Handled(_, int partition, var items) ->
                    handled(member, partition, items);
            case MemberEvent.Committed(_, var offsets) ->
                    offsets.forEach((partition, offset) ->
                            partition(partition).committed =
                                    Math.max(partition(partition).committed, offset));
            case MemberEvent.Left _, MemberEvent.Killed _ ->
                    partitions.values().forEach(state -> state.holds.remove(member));
            case MemberEvent.Stopped _ -> partitions.values().forEach(state -> stop(member, state));
            case MemberEvent.Woken _ -> partitions.values().forEach(state -> wake(member, state));
            case MemberEvent.Zombie(_, String refusal) -> zombie(member, refusal);
            case MemberEvent.Ready _,
                    MemberEvent.Joining _,
                    MemberEvent.Holding _,
                    MemberEvent.Failed _ -> {}
        }
    }

    private void assigned(String member, int partition) {
        PartitionState state = partition(partition);
        state.holds.forEach((other, hold) -> {
            if (!other.equals(member)) {
                hold.givenTo = member;
            }
        });
        if (!state.holds.containsKey(member)) {
            state.holds.put(member, new Hold());
            state.given++;
        }
    }

    private static void stop(String member, PartitionState state) {
        Hold hold = state.holds.remove(member);
        if (hold != null) {
            hold.givenBefore = state.given;
            state.stopped.put(member, hold);
        }
    }

    private static void wake(String member, PartitionState state) {
        Hold hold = state.stopped.get(member);
        if (hold != null && hold.givenBefore == state.given) {
            state.stopped.remove(member);
            state.holds.put(member, hold);
        }
    }

    /** Of those partitions that others were given meanwhile, the commit must not be accepted. */
    private void zombie(String member, String refusal) {
        boolean isTaken =
                partitions.values().stream()
                                .filter(state -> state.stopped.remove(member) != null)
                                .count()
                        > 0;
        if (isTaken) {
            found.zombies++;
            if (refusal.isEmpty()) {
                found.add(Fault.ZOMBIE_COMMITTED, "of %s, which had been stopped", member);
            } else {
                found.refused++;
            }
        }
    }

    private void handled(String member, int partition, List<MemberEvent.Item> items) {
        PartitionState state = partition(partition);
        Hold hold = state.holds.get(member);
        if (hold == null) {
            found.add(
                    Fault.NOT_HELD,
                    "%s handled partition=%d offset=%d without holding it",
                    member,
                    partition,
                    items.getFirst().offset());
            hold = new Hold();
        } else if (!hold.givenTo.isEmpty()) {
            found.add(
                    Fault.HANDLED_BY_TWO,
                    "%s handled partition=%d offset=%d, which was given to %s",
                    member,
                    partition,
                    items.getFirst().offset(),
                    hold.givenTo);
        }
        for (MemberEvent.Item item : items) {
            if (hold.next < 0) {
                begin(member, partition, state, item.offset());
            } else if (item.offset() != hold.next) {
                found.add(
                        Fault.OUT_OF_ORDER,
                        "%s handled partition=%d offset=%d, expected %d",
                        member,
                        partition,
                        item.offset(),
                        hold.next);
            }
            hold.next = item.offset() + 1;
            found.handled++;
            if (item.offset() < state.handledEnd) {
                found.repeated++;
            }
            state.handledEnd = Math.max(state.handledEnd, hold.next);
            inOrderOfItsKey(member, item);
        }
    }

    /** Where a hold begins, all before it was handled, and it begins where was committed. */
    private void begin(String member, int partition, PartitionState state, long offset) {
        if (offset > state.handledEnd) {
            found.add(
                    Fault.LOST,
                    "partition=%d: %s began at %d, nobody had handled those from %d on",
                    partition,
                    member,
                    offset,
                    state.handledEnd);
        }
        if (offset < state.committed) {
            found.add(
                    Fault.COMMIT_UNDONE,
                    "partition=%d: %s began at %d, %d was committed",
                    partition,
                    member,
                    offset,
                    state.committed);
        }
    }

    private void inOrderOfItsKey(String member, MemberEvent.Item item) {
        long expected = handledOfKeys.getOrDefault(item.key(), 0L);
        if (item.number() > expected) {
            found.add(
                    Fault.OUT_OF_ORDER,
                    "%s handled number=%d of key=%s, nobody had handled %d",
                    member,
                    item.number(),
                    item.key(),
                    expected);
        }
        handledOfKeys.merge(item.key(), item.number() + 1, Math::max);
    }

    private void end(ChurnResult result) {
        for (String answer : result.lateAnswers()) {
            found.zombies++;
            if (answer.isEmpty()) {
                found.add(Fault.ZOMBIE_COMMITTED, "sent late, without its client");
            } else {
                found.refused++;
            }
        }
        result.ends()
                .forEach((partition, end) -> {
                    long handledEnd = partition(partition).handledEnd;
                    if (handledEnd < end) {
                        found.add(
                                Fault.LOST,
                                "partition=%d: handled to %d of %d",
                                partition,
                                handledEnd,
                                end);
                    }
                    long committed = result.committed().getOrDefault(partition, -1L);
                    if (committed != end) {
                        found.add(
                                Fault.NOT_COMMITTED,
                                "partition=%d: committed=%d end=%d",
                                partition,
                                committed,
                                end);
                    }
                });
        result.written()
                .forEach((key, count) -> {
                    long handled = handledOfKeys.getOrDefault(key, 0L);
                    if (handled != count) {
                        found.add(Fault.LOST, "key=%s: handled=%d written=%d", key, handled, count);
                    }
                });
    }
}
