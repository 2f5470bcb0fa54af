package sluice.bench.churn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sluice.bench.member.MemberEvent;
import sluice.bench.member.MemberEvent.Item;

/** A run that is made up: what happens is told in its order, by milliseconds. */
final class Story {

    static final String KEY = "k";

    private final List<RunLog.Entry> entries = new ArrayList<>();
    private final List<String> lateAnswers = new ArrayList<>();
    private final Map<String, Long> written = new TreeMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private long nowMs;

    Story at(long ms) {
        nowMs = ms;
        return this;
    }

    private long ns() {
        return nowMs * 1_000_000;
    }

    private Story add(String member, MemberEvent event) {
        entries.add(new RunLog.Entry(member, event));
        return this;
    }

    Story assigned(String member, int partition) {
        return add(member, new MemberEvent.Assigned(ns(), List.of(partition)));
    }

    Story returned(String member, int partition) {
        return add(member, new MemberEvent.Returned(ns(), List.of(partition)));
    }

    Story lost(String member, int partition) {
        return add(member, new MemberEvent.Lost(ns(), List.of(partition)));
    }

    /** Records of a partition, which has one key; the offset is the number too. */
    Story handled(String member, int partition, long from, long to) {
        var items = new ArrayList<Item>();
        for (long offset = from; offset < to; offset++) {
            items.add(new Item(offset, KEY + partition, offset));
        }
        return add(member, new MemberEvent.Handled(ns(), partition, items));
    }

    Story handledNumber(String member, int partition, long offset, long number) {
        return add(
                member,
                new MemberEvent.Handled(
                        ns(), partition, List.of(new Item(offset, KEY + partition, number))));
    }

    Story committed(String member, int partition, long offset) {
        return add(member, new MemberEvent.Committed(ns(), Map.of(partition, offset)));
    }

    Story left(String member) {
        return add(member, new MemberEvent.Left(ns()));
    }

    Story joining(String member) {
        return add(member, new MemberEvent.Joining(ns()));
    }

    Story killed(String member) {
        return add(member, new MemberEvent.Killed(ns()));
    }

    Story stopped(String member) {
        return add(member, new MemberEvent.Stopped(ns()));
    }

    Story woken(String member) {
        return add(member, new MemberEvent.Woken(ns()));
    }

    Story zombie(String member, String refusal) {
        return add(member, new MemberEvent.Zombie(ns(), refusal));
    }

    Story lateCommit(String answer) {
        lateAnswers.add(answer);
        return this;
    }

    /** The partition has so many records, and so much is committed in the end. */
    Story end(int partition, long end, long committedEnd) {
        ends.put(partition, end);
        committed.put(partition, committedEnd);
        written.put(KEY + partition, end);
        return this;
    }

    ChurnResult told() {
        return told(0, 0, nowMs);
    }

    ChurnResult told(long calmMs, long churnMs, long endMs) {
        return new ChurnResult(
                entries,
                written,
                ends,
                committed,
                lateAnswers,
                calmMs * 1_000_000,
                churnMs * 1_000_000,
                endMs * 1_000_000);
    }
}
