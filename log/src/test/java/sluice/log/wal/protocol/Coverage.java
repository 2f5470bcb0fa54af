package sluice.log.wal.protocol;

import java.util.EnumMap;
import java.util.Map;

/** What was reached; a count of zero is a hole in the test. */
final class Coverage {

    enum Of {
        COMMITS,
        ROLLS,
        ROLLS_SENDING_AGAIN,
        PREPARED_REPLACED,
        LATE_ACKS_DROPPED,
        REFUSED_FRAMES,
        OWNERS_FENCED,
        OWNERS_REFUSED_BY_METADATA,
        OWNERS_ALIVE_AT_SEAL,
        COMMITS_AFTER_FENCING_BEGAN,
        MEMBERS_RESTARTED,
        POWER_CUTS,
        TORN_TAILS,
        DISKS_WIPED,
        DISKS_FAILED,
        COPIES_DAMAGED,
        UNKNOWN_ANSWERS,
        NEVER_HELD_ANSWERS,
        RECOVERIES,
        RECOVERIES_WITH_PREPARED_BEGUN,
        RECOVERIES_CUTTING_ENTRIES,
        RECOVERIES_FROM_FEWER_THAN_ALL,
        RECOVERERS_THAT_LOST
    }

    private final Map<Of, Integer> counts = new EnumMap<>(Of.class);

    void count(Of what) {
        counts.merge(what, 1, Integer::sum);
    }

    void add(Coverage other) {
        other.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
    }

    int of(Of what) {
        return counts.getOrDefault(what, 0);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
