package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.log.wal.WalMachine;

/**
 * Which members of the open segment are to be left behind: those that are lost, and one that is
 * slow (design.md section 5, rule 4). Owned by the engine's lane.
 *
 * <p>A roll for a slow member costs everybody something, and must not be set off by what slows all
 * alike. So nobody is slow while the owner itself was late: it may not have read the answers that
 * are there. Nobody is slow on one look alone. The others are the measure ({@link SlowMembers}). No
 * member is left behind for slowness if too few would remain. Whoever was left behind is not chosen
 * again for a while ({@link Quarantines}), and all rolls share a budget ({@link RollBudget}).
 */
final class MemberWatch {

    /** Between two looks. */
    static final Duration TICK = Duration.ofMillis(10);

    /** A look that comes so late says something of the owner, not of its members. */
    private static final long LATE_NS = 2 * TICK.toNanos();

    /** Rolls for lost or slow members are no closer together than this. */
    private static final long ROLL_EVERY_NS = Duration.ofMillis(100).toNanos();

    /** With more than this to send again, a segment is given time before its members are judged. */
    private static final long SENT_AGAIN_BYTES_MAX = 1 << 20;

    private final WalMachine wal;
    private final Membership membership;
    private final int membersMin;
    private final SlowMembers slowness;
    private final Quarantines quarantines = new Quarantines();
    private final RollBudget budget;
    private long lastLookNs;
    private long lastRollNs;
    private Optional<UUID> suspected = Optional.empty();
    private Optional<UUID> slow = Optional.empty();

    MemberWatch(WalMachine wal, Membership membership, EngineLimits limits, long nowNs) {
        this.wal = wal;
        this.membership = membership;
        this.membersMin = limits.membersMin();
        this.slowness =
                new SlowMembers(
                        new SlowMembers.Limits(
                                limits.memberSlowFloor(),
                                Duration.ofNanos(limits.wal().memberSlowNs())));
        this.budget = new RollBudget(nowNs);
        this.lastLookNs = nowNs;
        this.lastRollNs = nowNs - ROLL_EVERY_NS;
    }

    /** Called every {@link #TICK}. */
    void look(long nowNs) {
        boolean isLate = nowNs - lastLookNs > LATE_NS;
        lastLookNs = nowNs;
        Optional<UUID> found = isLate ? Optional.empty() : slowest(nowNs);
        slow = found.filter(member -> suspected.filter(member::equals).isPresent());
        suspected = found;
    }

    private Optional<UUID> slowest(long nowNs) {
        List<UUID> laggards = wal.laggards();
        long waitedNs = wal.waitedNs(nowNs);
        boolean isJudged =
                wal.hwm() > wal.segmentStart() || wal.unackedBytes() <= SENT_AGAIN_BYTES_MAX;
        for (UUID member : laggards) {
            boolean isOver =
                    wal.slowest(nowNs).isPresent()
                            || (isJudged && waitedNs > thresholdNs(member, nowNs));
            if (isOver && mayLeave(member)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    private long thresholdNs(UUID member, long nowNs) {
        var others = new ArrayList<>(wal.members());
        others.remove(member);
        return slowness.thresholdNs(others, nowNs);
    }

    private boolean mayLeave(UUID member) {
        return !member.equals(membership.self())
                && membership.candidates().stream().filter(each -> !each.equals(member)).count()
                        >= membersMin;
    }

    /** The member to leave behind for slowness, if it still owes its answer. */
    Optional<UUID> slow() {
        return slow.filter(wal.laggards()::contains);
    }

    /** Why the open segment is to be left behind now, if it is. */
    Optional<String> fault() {
        List<UUID> lost = wal.lostMembers();
        return lost.isEmpty()
                ? slow().map(member -> "member slow: " + member)
                : Optional.of("member lost: " + lost.getFirst());
    }

    /** Members at fault are not chosen for a while, unless too few are left. */
    void quarantine(long nowNs) {
        var atFault = new ArrayList<>(wal.lostMembers());
        slow().ifPresent(atFault::add);
        atFault.remove(membership.self());
        for (UUID member : atFault) {
            membership.quarantine(member, quarantines.left(member, nowNs).toNanos());
        }
        if (membership.candidates().size() < membersMin && quarantines.isAnyIn(nowNs)) {
            quarantines.lift(nowNs).forEach(member -> membership.quarantine(member, 0));
        }
    }

    /** True if a roll away from members at fault may be now; then there must be one. */
    boolean takeRoll(long nowNs) {
        if (nowNs - lastRollNs < ROLL_EVERY_NS) {
            return false;
        }
        lastRollNs = nowNs;
        boolean isSlow = slow().isPresent();
        if (isSlow) {
            slowness.grow(nowNs);
        }
        return budget.take(nowNs);
    }

    /** Entries up to {@code end} were sent. */
    void sent(UUID member, long end, long nowNs) {
        slowness.sent(member, end, nowNs);
    }

    void durable(UUID member, long end, long nowNs) {
        slowness.durable(member, end, nowNs);
    }

    /** The machine rolled. */
    void rolled() {
        slowness.rolled(wal.members());
        suspected = Optional.empty();
        slow = Optional.empty();
    }
}
