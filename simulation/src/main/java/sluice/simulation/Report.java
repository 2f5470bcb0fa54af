package sluice.simulation;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What runs reached, as a person reads it. */
final class Report {

    private final PrintWriter out;

    Report(PrintWriter out) {
        this.out = out;
    }

    /**
     * @param nameHoles also says what was never reached
     */
    void table(Coverage coverage, boolean nameHoles) {
        out.println();
        out.println("situations reached");
        rows(coverage, false);
        out.println("faults");
        rows(coverage, true);
        List<String> holes =
                coverage.counts().entrySet().stream()
                        .filter(each -> each.getValue() == 0)
                        .map(Map.Entry::getKey)
                        .toList();
        if (nameHoles && !holes.isEmpty()) {
            out.println("HOLES, never reached by these seeds:");
            holes.forEach(each -> out.println("  " + each));
        }
        out.flush();
    }

    private void rows(Coverage coverage, boolean faults) {
        coverage.counts()
                .forEach((name, value) -> {
                    if (name.startsWith("fault: ") == faults) {
                        out.println(
                                String.format(
                                        Locale.ROOT,
                                        "  %-60s %,14d",
                                        faults ? name.substring("fault: ".length()) : name,
                                        value));
                    }
                });
    }
}
