package sluice.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * How long a member of the own wal may hold an entry up that another member has, before it is slow.
 *
 * <p>Slow is what the others are not: the threshold is a multiple of what the other members of the
 * segment usually take, so that on a machine or disk where everything takes long nobody is slow.
 * Below it there is a floor of 25 ms, which doubles with every segment that was left behind for
 * slowness and comes back with quiet: whoever is a little slow for good is got used to. Before
 * enough is known of the others, only {@code max} counts. Owned by the engine's lane.
 */
final class SlowMembers {

    /**
     * @param floor no member is slow sooner
     * @param max a member is slow after so long, however slow the others are
     */
    record Limits(Duration floor, Duration max) {}

    static final Duration FLOOR = Duration.ofMillis(25);

    private static final int TIMES_THE_OTHERS = 4;
    private static final int SAMPLES_MIN = 16;
    private static final long QUIET_NS = Duration.ofSeconds(5).toNanos();
    private static final int DOUBLED_MAX = 6;
    private static final int KNOWN_MAX = 100;

    private final Limits limits;
    private final Map<UUID, AckTimes> times = new HashMap<>();
    private int doubled;
    private long changedNs;

    SlowMembers(Limits limits) {
        this.limits = limits;
    }

    /** Entries up to {@code end} are on their way to a member. */
    void sent(UUID member, long end, long nowNs) {
        times.computeIfAbsent(member, _ -> new AckTimes()).sent(end, nowNs);
    }

    /** A member holds all entries below {@code end}. */
    void durable(UUID member, long end, long nowNs) {
        AckTimes known = times.get(member);
        if (known != null) {
            known.durable(end, nowNs);
        }
    }

    /** A new segment was begun, in which everything is sent again. */
    void rolled(Collection<UUID> members) {
        if (times.size() > KNOWN_MAX) {
            times.keySet().retainAll(members);
        }
        times.values().forEach(AckTimes::forget);
    }

    /** A segment was, or should have been, left behind for slowness. */
    void grow(long nowNs) {
        doubled = Math.min(doubled(nowNs) + 1, DOUBLED_MAX);
        changedNs = nowNs;
    }

    private int doubled(long nowNs) {
        long quiet = (nowNs - changedNs) / QUIET_NS;
        return (int) Math.max(0, doubled - quiet);
    }

    /**
     * How long an entry may wait for one member.
     *
     * @param others members of the segment that hold the entry
     */
    long thresholdNs(Collection<UUID> others, long nowNs) {
        long maxNs = limits.max().toNanos();
        long thresholdNs = limits.floor().toNanos() << doubled(nowNs);
        for (UUID other : others) {
            AckTimes known = times.get(other);
            if (known == null || known.count() < SAMPLES_MIN) {
                return maxNs;
            }
            thresholdNs = Math.max(thresholdNs, TIMES_THE_OTHERS * known.p99Ns());
        }
        return Math.min(thresholdNs, maxNs);
    }
}
