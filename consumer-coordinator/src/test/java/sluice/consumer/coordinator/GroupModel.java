package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;

/** What must hold of all that members are told, whoever coordinates and whatever fails. */
final class GroupModel {

    /** The last commit that was answered, when another was sent. */
    record Last(long since, long offset) {}

    static final Last NOTHING = new Last(-1, -1);

    final VirtualTime.Scope scope;
    private final CoordinatorWorld world;
    private final List<CoordinatorWorld.Node> nodes = new ArrayList<>();
    private final Map<String, UUID> holders = new HashMap<>();
    private final Map<TopicPartition, Last> lasts = new HashMap<>();
    private int owner;
    private int strayPercent = 15;
    int commits;
    int moves;

    GroupModel(CoordinatorWorld world, int nodes) {
        this.world = world;
        this.scope = world.time.scope("members");
        for (int i = 0; i < nodes; i++) {
            this.nodes.add(world.node("n" + i));
        }
    }

    CoordinatorWorld.Node owner() {
        return nodes.get(owner);
    }

    /** Another gateway owns the group's slot, and begins anew; the one before may not know. */
    void failOver() {
        owner = world.time.random().nextInt(nodes.size());
        CoordinatorWorld.Node next = owner();
        next.lane.execute(() -> next.groups.drop(_ -> true));
    }

    void calm() {
        strayPercent = 0;
    }

    /** Most requests find the owner; some find who was it, or never was. */
    void ask(GroupRequest request, Consumer<Outcome<GroupReply>> then) {
        boolean isStray = world.time.random().nextInt(100) < strayPercent;
        int to = isStray ? world.time.random().nextInt(nodes.size()) : owner;
        nodes.get(to)
                .ask(CoordinatorWorld.GROUP, request)
                .thenAccept(outcome ->
                        scope.schedule(Duration.ofMillis(1), () -> then.accept(outcome)));
    }

    /** What was answered so far. */
    Map<TopicPartition, Last> lasts() {
        return Map.copyOf(lasts);
    }

    Last last(TopicPartition partition) {
        return lasts.getOrDefault(partition, NOTHING);
    }

    /**
     * A deposed coordinator may still tell of holds that it knew, to members that will find every
     * commit refused; but no hold is ever told first with less than was committed before it.
     *
     * @param known the last commit that was answered when the member asked
     */
    void told(UUID member, Hold hold, Last known) {
        UUID other = holders.putIfAbsent(hold.partition() + "@" + hold.since(), member);
        if (other == null) {
            moves++;
        } else if (!other.equals(member)) {
            throw broken("one hold, two members: " + hold + " " + member + " " + other);
        }
        boolean isNewest = other == null && hold.since() >= known.since();
        if (isNewest && hold.committed().orElse(-1) < known.offset()) {
            throw broken("a commit is forgotten: " + hold + " known=" + known);
        }
    }

    void committed(Hold hold, long offset, Last before) {
        if (hold.since() < before.since() || offset < before.offset()) {
            throw broken(
                    "a commit of before counted: " + hold + " offset=" + offset + " " + before);
        }
        commits++;
        Last now = last(hold.partition());
        lasts.put(
                hold.partition(),
                new Last(Math.max(now.since(), hold.since()), Math.max(now.offset(), offset)));
    }

    AssertionError broken(String what) {
        return new AssertionError(what + ": seed=" + world.seed);
    }
}
