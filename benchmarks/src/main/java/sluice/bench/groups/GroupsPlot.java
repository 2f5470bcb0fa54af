package sluice.bench.groups;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import sluice.bench.churn.ReadTimes.Pause;
import sluice.bench.report.Svg;

/**
 * A panel for each system: pauses by when they began, their lengths upwards by powers of ten, a
 * mark below for each thing that was done.
 */
final class GroupsPlot {

    private static final int WIDTH = 1000;
    private static final int PANEL = 230;
    private static final int TOP = 60;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int PANEL_TOP = 30;
    private static final int PANEL_BOTTOM = 25;

    /** From 1 ms to 100 s. */
    private static final int POWERS = 5;

    private static final double FLOOR_MS = 1;

    private static final List<String> KINDS =
            List.of("kept", "handed over", "after SIGKILL", "after SIGSTOP");

    private final Svg svg = new Svg(WIDTH);
    private final double seconds;

    private GroupsPlot(List<GroupsRun> runs) {
        seconds =
                Math.max(
                        1,
                        runs.stream()
                                .mapToDouble(run -> run.churned().toNanos() / 1e9)
                                .max()
                                .orElse(1));
    }

    /** An SVG document that stands for itself. */
    static String render(List<GroupsRun> runs) {
        var plot = new GroupsPlot(runs);
        plot.svg.text(20, 22, "Pauses of partitions while members come and go", "font-size=\"15\"");
        for (int i = 0; i < KINDS.size(); i++) {
            plot.svg
                    .rect(20 + i * 140, 34, 10, 10, colour(i))
                    .text(35 + i * 140, 44, KINDS.get(i), "");
        }
        for (int i = 0; i < runs.size(); i++) {
            plot.panel(runs.get(i), TOP + i * PANEL);
        }
        return plot.svg.document(TOP + runs.size() * PANEL + 10);
    }

    private static String colour(int kind) {
        return List.of("#08519c", "#31a354", "#e6550d", "#756bb1").get(kind);
    }

    private void panel(GroupsRun run, int top) {
        svg.text(LEFT, top + 20, run.system(), "font-size=\"13\"");
        for (int power = 0; power <= POWERS; power++) {
            double ms = Math.pow(10, power);
            svg.line(LEFT, y(ms, top), WIDTH - RIGHT, y(ms, top), "#e5e5e5");
            String name = ms < 1000 ? "%.0f ms" : "%.0f s";
            svg.text(
                    LEFT - 6,
                    y(ms, top) + 4,
                    String.format(Locale.ROOT, name, ms < 1000 ? ms : ms / 1000),
                    "text-anchor=\"end\"");
        }
        int bottom = top + PANEL - PANEL_BOTTOM;
        for (int at = 0; at <= seconds; at += 10) {
            svg.text(x(at), bottom + 18, at + " s", "text-anchor=\"middle\" fill=\"#555\"");
        }
        for (Duration moment : run.moments()) {
            double x = x(moment.toNanos() / 1e9);
            svg.line(x, bottom, x, bottom + 5, "#888");
        }
        dots(run, run.times().kept(), 0, top);
        dots(run, run.times().handedOver(), 1, top);
        dots(run, run.times().handedOverInSilence(), 1, top);
        dots(run, run.times().afterKill(), 2, top);
        dots(run, run.times().afterSilence(), 3, top);
    }

    private void dots(GroupsRun run, List<Pause> pauses, int kind, int top) {
        for (Pause pause : pauses) {
            double x = x((pause.fromNs() - run.beginNs()) / 1e9);
            double y = y(pause.length().toNanos() / 1e6, top);
            svg.rect(x - 2, y - 2, 4, 4, colour(kind));
        }
    }

    private double x(double at) {
        double shown = Math.min(seconds, Math.max(0, at));
        return LEFT + shown / seconds * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double ms, int top) {
        double power = Math.log10(Math.max(FLOOR_MS, ms));
        double height = PANEL - PANEL_TOP - PANEL_BOTTOM;
        return top + PANEL - PANEL_BOTTOM - Math.min(POWERS, power) / POWERS * height;
    }
}
