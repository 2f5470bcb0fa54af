package sluice.consumer.queue;

import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;

/** Counts what can be given out. */
final class Backlogs {

    /** Beyond so many that are due, all that came back are taken to be. */
    private static final int DUE_COUNTED_MAX = 200;

    private Backlogs() {}

    /**
     * @param isFull true if nothing new is given out
     * @param highWatermark of the topic's partition, as far as is known
     */
    static PartitionReply.Backlog of(
            QueueState state, boolean isFull, long highWatermark, long nowMs) {
        var returned = state.held().returned();
        long due = returned.isEmpty() ? 0 : due(returned, nowMs);
        long nextMs = Math.min(state.waiting().nextDueMs(), state.held().nextReadyMs(nowMs));
        long fresh =
                isFull
                        ? 0
                        : inLines(state) + Math.max(0, highWatermark - Math.max(0, state.cursor()));
        Top top = state.policy().choice().byPriority() ? top(state, nowMs) : Top.NONE;
        boolean isByPriority = state.policy().choice().byPriority();
        return new PartitionReply.Backlog(
                due + fresh,
                state.held().inFlight(),
                (int)
                        Math.min(
                                Integer.MAX_VALUE,
                                returned.size() - due + state.waiting().laterCount()),
                state.held().dead().size(),
                nextMs == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(nextMs),
                isFull,
                state.waiting().behindCount(),
                isByPriority ? top.level : MessageAttributes.DEFAULT_PRIORITY,
                isByPriority ? top.count : due + fresh);
    }

    static List<PartitionReply.Tenant> tenants(QueueState state) {
        if (state.policy().choice().tenants().isEmpty()) {
            return List.of();
        }
        var ready = new TreeMap<String, Long>();
        state.waiting()
                .lines()
                .forEach((line, offsets) -> ready.merge(line.tenant(), offsets.count(), Long::sum));
        state.held().loads().tenants().forEach(each -> ready.putIfAbsent(each, 0L));
        return ready.entrySet().stream()
                .limit(PartitionReply.Numbers.TENANTS_MAX)
                .map(each ->
                        new PartitionReply.Tenant(
                                each.getKey(),
                                each.getValue(),
                                state.held().loads().inFlight(each.getKey())))
                .toList();
    }

    /** Without those whose tenant has as much in flight as it may. */
    private static long inLines(QueueState state) {
        QueueChoice choice = state.policy().choice();
        if (choice.inFlightMax("") == Integer.MAX_VALUE) {
            return state.waiting().readyCount();
        }
        long count = 0;
        for (var each : state.waiting().lines().entrySet()) {
            count += hasRoom(state, each.getKey()) ? each.getValue().count() : 0;
        }
        return count;
    }

    /** The highest priority that is ready, and how many messages have it. */
    private record Top(int level, long count) {
        static final Top NONE = new Top(PartitionReply.Backlog.NO_LEVEL, 0);

        /** With so many more, if it is of a line that counts. */
        Top with(Line line, long more) {
            return more == 0
                    ? this
                    : new Top(line.priority(), line.priority() > level ? more : count + more);
        }
    }

    /** Of those that were looked at, and whose tenant may have more. */
    private static Top top(QueueState state, long nowMs) {
        Top top = Top.NONE;
        for (var each : state.waiting().lines().entrySet()) {
            if (each.getKey().priority() < top.level) {
                break;
            }
            top =
                    top.with(
                            each.getKey(),
                            hasRoom(state, each.getKey()) ? each.getValue().count() : 0);
        }
        for (var each : state.held().returnedByLine().entrySet()) {
            if (each.getKey().priority() < top.level) {
                break;
            }
            top =
                    top.with(
                            each.getKey(),
                            hasRoom(state, each.getKey()) ? due(each.getValue(), nowMs) : 0);
        }
        return top;
    }

    private static boolean hasRoom(QueueState state, Line line) {
        int max = state.policy().choice().inFlightMax(line.tenant());
        return state.held().loads().inFlight(line.tenant()) < max;
    }

    private static long due(SortedSet<Message> returned, long nowMs) {
        if (returned.last().readyMs() <= nowMs) {
            return returned.size();
        }
        int due = 0;
        for (Message each : returned) {
            if (each.readyMs() > nowMs) {
                return due;
            }
            if (++due == DUE_COUNTED_MAX) {
                break;
            }
        }
        return due < DUE_COUNTED_MAX ? due : returned.size();
    }
}
