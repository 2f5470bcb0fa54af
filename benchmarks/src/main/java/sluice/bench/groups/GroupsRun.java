package sluice.bench.groups;

import java.time.Duration;
import java.util.List;
import sluice.bench.churn.Findings;
import sluice.bench.churn.ReadTimes;

/**
 * What was measured of one system.
 *
 * @param about what its timeouts are
 * @param churned how long it took, from the first step until all was read again
 * @param moments when something was done, from then on
 * @param beginNs when that was
 */
record GroupsRun(
        String system,
        String about,
        Duration churned,
        ReadTimes times,
        Findings findings,
        int failures,
        List<Duration> moments,
        long beginNs) {

    GroupsRun {
        moments = List.copyOf(moments);
    }
}
