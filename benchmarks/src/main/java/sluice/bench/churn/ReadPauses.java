package sluice.bench.churn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import sluice.bench.churn.ReadTimes.Pause;
import sluice.bench.member.MemberEvent;

/** Finds the pauses in a run's log. */
public final class ReadPauses {

    private static final long WINDOW_NS = Duration.ofSeconds(2).toNanos();

    /** A partition that moved a moment before is still in its own hand-over. */
    private static final long STEADY_NS = Duration.ofSeconds(1).toNanos();

    private final ChurnResult result;
    private final Map<Integer, TreeSet<Long>> plain;

    /** Who read a partition when. */
    private final Map<Integer, NavigableMap<Long, String>> reads = new TreeMap<>();

    /** When a member was killed or stopped. */
    private final Map<String, NavigableMap<Long, MemberEvent>> ends = new TreeMap<>();

    /** When each silence began, and when it ended. */
    private final Map<Long, Long> silences = new TreeMap<>();

    private final Map<String, Long> silentSince = new TreeMap<>();
    private final List<Pause> handedOver = new ArrayList<>();
    private final List<Pause> handedOverInSilence = new ArrayList<>();
    private final List<Pause> afterKill = new ArrayList<>();
    private final List<Pause> afterSilence = new ArrayList<>();
    private int unread;

    private ReadPauses(ChurnResult result, Map<Integer, TreeSet<Long>> plain) {
        this.result = result;
        this.plain = plain;
    }

    /**
     * @param plain when a reader that is in no group had records of each partition; may be empty
     */
    public static ReadTimes of(ChurnResult result, Map<Integer, TreeSet<Long>> plain) {
        var pauses = new ReadPauses(result, plain);
        var moves = new ArrayList<Long>();
        for (RunLog.Entry entry : result.entries()) {
            pauses.entry(entry, moves);
        }
        pauses.reads.forEach(pauses::handOvers);
        // What a member's end led to comes when it was noticed.
        long soonNs = WINDOW_NS / 2;
        for (List<Pause> some : List.of(pauses.afterKill, pauses.afterSilence)) {
            some.stream()
                    .filter(pause -> pause.length().toNanos() > WINDOW_NS)
                    .forEach(pause -> moves.add(pause.toNs() - soonNs));
        }
        var calm = new ArrayList<Pause>();
        for (long at = result.calmNs(); at + WINDOW_NS <= result.churnNs(); at += WINDOW_NS) {
            pauses.keptIn(at, calm);
        }
        var kept = new ArrayList<Pause>();
        for (long at : moves) {
            pauses.keptIn(at, kept);
        }
        return new ReadTimes(
                calm,
                kept,
                pauses.handedOver,
                pauses.handedOverInSilence,
                pauses.afterKill,
                pauses.afterSilence,
                pauses.unread);
    }

    private void entry(RunLog.Entry entry, List<Long> moves) {
        long atNs = entry.atNs();
        if (entry.event() instanceof MemberEvent.Handled(_, int partition, _)) {
            if (atNs >= result.calmNs() && atNs <= result.endNs()) {
                reads.computeIfAbsent(partition, _ -> new TreeMap<>()).put(atNs, entry.member());
            }
            return;
        }
        boolean isMove =
                switch (entry.event()) {
                    case MemberEvent.Joining _,
                            MemberEvent.Left _,
                            MemberEvent.Killed _,
                            MemberEvent.Stopped _,
                            MemberEvent.Woken _ ->
                            true;
                    case MemberEvent.Ready _,
                            MemberEvent.Assigned _,
                            MemberEvent.Returned _,
                            MemberEvent.Lost _,
                            MemberEvent.Handled _,
                            MemberEvent.Committed _,
                            MemberEvent.Holding _,
                            MemberEvent.Zombie _,
                            MemberEvent.Failed _ ->
                            false;
                };
        if (isMove && atNs >= result.churnNs() && atNs < result.endNs()) {
            moves.add(atNs);
        }
        if (entry.event() instanceof MemberEvent.Stopped) {
            silentSince.put(entry.member(), atNs);
            silences.put(atNs, Long.MAX_VALUE);
        } else if (entry.event() instanceof MemberEvent.Woken) {
            silences.put(silentSince.getOrDefault(entry.member(), atNs), atNs);
        }
        if (entry.event() instanceof MemberEvent.Killed
                || entry.event() instanceof MemberEvent.Stopped
                || entry.event() instanceof MemberEvent.Left) {
            ends.computeIfAbsent(entry.member(), _ -> new TreeMap<>()).put(atNs, entry.event());
        }
    }

    /** When the member ended after it had read at that time; empty if it did not, by then. */
    private Optional<MemberEvent> endOf(String member, long readNs, long untilNs) {
        return Optional.ofNullable(ends.get(member))
                .map(all -> all.higherEntry(readNs))
                .filter(end -> end.getKey() <= untilNs)
                .map(Map.Entry::getValue);
    }

    private void handOvers(int partition, NavigableMap<Long, String> all) {
        long beforeNs = -1;
        var before = "";
        for (Map.Entry<Long, String> read : all.entrySet()) {
            if (!before.isEmpty() && !before.equals(read.getValue())) {
                changed(partition, before, beforeNs, read.getKey());
            }
            beforeNs = read.getKey();
            before = read.getValue();
        }
        if (endOf(before, beforeNs, result.endNs()).isPresent()) {
            unread++;
            changed(partition, before, beforeNs, result.endNs());
        }
    }

    private void changed(int partition, String before, long beforeNs, long nextNs) {
        switch (endOf(before, beforeNs, nextNs).orElse(null)) {
            case MemberEvent.Killed(long atNs) -> afterKill.add(pause(partition, atNs, nextNs));
            case MemberEvent.Stopped(long atNs) -> afterSilence.add(pause(partition, atNs, nextNs));
            case null, default ->
                    (isInSilence(beforeNs, nextNs) ? handedOverInSilence : handedOver)
                            .add(pause(partition, beforeNs, nextNs));
        }
    }

    private boolean isInSilence(long fromNs, long toNs) {
        return silences.entrySet().stream()
                .anyMatch(each -> each.getKey() < toNs && each.getValue() > fromNs);
    }

    /** The longest pause of each partition in a window, if it stayed with its member. */
    private void keptIn(long fromNs, List<Pause> to) {
        long toNs = Math.min(fromNs + WINDOW_NS, result.endNs());
        reads.forEach((partition, all) -> {
            Map.Entry<Long, String> first = all.floorEntry(fromNs);
            if (first == null || !isSteady(all, first, fromNs)) {
                return;
            }
            Map.Entry<Long, String> next = all.ceilingEntry(toNs);
            long lastNs = next == null ? result.endNs() : next.getKey();
            String member = first.getValue();
            if (endOf(member, first.getKey(), lastNs).isPresent()) {
                return;
            }
            long beforeNs = first.getKey();
            long longestNs = -1;
            long longestFromNs = 0;
            for (Map.Entry<Long, String> read :
                    all.subMap(first.getKey(), false, lastNs, true).entrySet()) {
                if (!read.getValue().equals(member)) {
                    return;
                }
                if (read.getKey() - beforeNs > longestNs) {
                    longestNs = read.getKey() - beforeNs;
                    longestFromNs = beforeNs;
                }
                beforeNs = read.getKey();
            }
            if (next == null && lastNs - beforeNs > longestNs) {
                longestNs = lastNs - beforeNs;
                longestFromNs = beforeNs;
            }
            if (longestNs >= 0) {
                to.add(pause(partition, longestFromNs, longestFromNs + longestNs));
            }
        });
    }

    /** True if nobody else read it for a while, as far back as is known. */
    private static boolean isSteady(
            NavigableMap<Long, String> all, Map.Entry<Long, String> last, long atNs) {
        Map.Entry<Long, String> before = all.floorEntry(atNs - STEADY_NS);
        long sinceNs = before == null ? all.firstKey() : before.getKey();
        return all.subMap(sinceNs, true, last.getKey(), true).values().stream()
                .allMatch(last.getValue()::equals);
    }

    private Pause pause(int partition, long fromNs, long toNs) {
        return new Pause(partition, fromNs, toNs, plainPause(partition, fromNs, toNs));
    }

    /** The longest pause of the plain reader that touches that time. */
    private Duration plainPause(int partition, long fromNs, long toNs) {
        TreeSet<Long> all = plain.getOrDefault(partition, new TreeSet<>());
        Long beforeNs = all.floor(fromNs);
        long longestNs = 0;
        for (long at : beforeNs == null ? all.headSet(toNs) : all.tailSet(beforeNs, false)) {
            if (beforeNs != null) {
                longestNs = Math.max(longestNs, at - beforeNs);
            }
            if (at >= toNs) {
                break;
            }
            beforeNs = at;
        }
        return Duration.ofNanos(longestNs);
    }
}
