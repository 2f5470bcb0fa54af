package sluice.bench.churn;

import java.util.List;
import java.util.Map;

/**
 * All that is known of a run.
 *
 * @param entries by time
 * @param written how many records of each key
 * @param ends of partitions
 * @param committed in the end
 * @param lateAnswers of commits that were sent for members that had fallen silent, after others had
 *     their partitions: refusals, or empty
 * @param calmNs from when on nothing was done
 * @param churnNs from when on something was
 * @param endNs when all was settled
 */
public record ChurnResult(
        List<RunLog.Entry> entries,
        Map<String, Long> written,
        Map<Integer, Long> ends,
        Map<Integer, Long> committed,
        List<String> lateAnswers,
        long calmNs,
        long churnNs,
        long endNs) {

    public ChurnResult {
        entries = List.copyOf(entries);
        written = Map.copyOf(written);
        ends = Map.copyOf(ends);
        committed = Map.copyOf(committed);
        lateAnswers = List.copyOf(lateAnswers);
    }
}
