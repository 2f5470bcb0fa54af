package sluice.bench.beside;

import java.io.IOException;
import java.util.Map;
import sluice.bench.report.Report;

/** Writes a comparison into its folder: the table, every figure as JSON, and pictures. */
public final class ResultsReport {

    private ResultsReport() {}

    /**
     * Writes all files and prints the table.
     *
     * @param settings numbers that all workloads have alike, by name
     * @return the exit status: 0 if anything was measured, otherwise 1
     */
    public static int end(
            Report to, String benchmark, Map<String, ? extends Number> settings, Results results)
            throws IOException {
        to.write("bars.svg", BarPlot.render(results));
        for (Map.Entry<String, String> workload : results.workloads().entrySet()) {
            for (String what : results.timed(workload.getKey())) {
                to.write(
                        "latency-%s-%s.svg".formatted(workload.getKey(), what.replace(' ', '-')),
                        LatencyPlot.render(
                                "(%s) %s: %s"
                                        .formatted(workload.getKey(), workload.getValue(), what),
                                results.times(workload.getKey(), what)));
            }
        }
        to.end(ResultsTable.render(results), ResultsJson.render(benchmark, settings, results));
        return results.entries().stream().anyMatch(entry -> !entry.figures().isEmpty()) ? 0 : 1;
    }
}
