package sluice.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The bounds of one exploration of {@link WalModel}, and the rules that hold in it.
 *
 * @param members the disks of each segment that the wal may have, by index
 * @param entries appended at most
 * @param recoverers that run side by side; each may die at any step and begin again
 * @param ackQuorum members that must hold an entry; all of them in production
 * @param coverage definite answers a recoverer wants of the OPEN and the PREPARED segment
 * @param wipes disks that lose everything
 * @param options what else happens
 * @param leftOut rules that do not hold
 */
record WalConfig(
        String name,
        int[][] members,
        int entries,
        int recoverers,
        int ackQuorum,
        int coverage,
        int wipes,
        Set<Option> options,
        Set<WalRule> leftOut) {

    enum Option {
        /** Members are killed, or lose power and what was not synced; their copies are closed. */
        RESTARTS,
        /** The owner uploads sealed segments, and members trim. */
        TRIMS,
        /** The PREPARED segment is replaced by another. */
        REPREPARES,
        /** The owner ends the wal itself. */
        DRAINS
    }

    static final int SEGMENTS_MAX = 4;
    static final int MEMBERS_MAX = 3;
    static final int RECOVERERS_MAX = 2;
    static final int DISKS_MAX = 4;

    WalConfig {
        assert members.length <= SEGMENTS_MAX && recoverers <= RECOVERERS_MAX : name;
        assert Arrays.stream(members).allMatch(each -> each.length == members[0].length) : name;
    }

    /** Write-all, one definite answer decides, as in production. */
    static WalConfig of(String name, int[][] members, int entries, int recoverers) {
        return new WalConfig(
                name, members, entries, recoverers, members[0].length, 1, 0, Set.of(), Set.of());
    }

    WalConfig with(Option first, Option... more) {
        var all = EnumSet.of(first, more);
        all.addAll(options);
        return new WalConfig(
                name, members, entries, recoverers, ackQuorum, coverage, wipes, all, leftOut);
    }

    WalConfig wiping(int disks) {
        return new WalConfig(
                name, members, entries, recoverers, ackQuorum, coverage, disks, options, leftOut);
    }

    /** Acknowledges at {@code quorum} members, recovers with {@code answers} of them. */
    WalConfig quorum(int quorum, int answers) {
        return new WalConfig(
                name, members, entries, recoverers, quorum, answers, wipes, options, leftOut);
    }

    WalConfig without(WalRule... rules) {
        var all = EnumSet.noneOf(WalRule.class);
        all.addAll(leftOut);
        all.addAll(Arrays.asList(rules));
        return new WalConfig(
                name, members, entries, recoverers, ackQuorum, coverage, wipes, options, all);
    }

    boolean holds(WalRule rule) {
        return !leftOut.contains(rule);
    }

    boolean has(Option option) {
        return options.contains(option);
    }

    int segments() {
        return members.length;
    }

    /** Members of each segment. */
    int copies() {
        return members[0].length;
    }
}
