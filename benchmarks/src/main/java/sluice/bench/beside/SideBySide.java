package sluice.bench.beside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sluice.bench.Folders;
import sluice.bench.system.RunningSystem;
import sluice.log.SluiceException;

/**
 * Gives every workload to every system, one after the other, each system fresh in each run.
 *
 * @param <S> what the systems can do
 */
public final class SideBySide<S extends RunningSystem> {

    /** How a system is made, with a folder of its own. */
    public interface Maker<S> {
        S make(Path folder) throws IOException;
    }

    private final Map<String, Maker<S>> systems;
    private final List<Workload<S>> warmingUp;
    private final List<Workload<S>> workloads;
    private final Path data;
    private final Consumer<String> progress;
    private final Results results = new Results();

    /**
     * @param warmingUp what a system that was just started does before, unmeasured
     */
    public SideBySide(
            Map<String, Maker<S>> systems,
            List<Workload<S>> warmingUp,
            List<Workload<S>> workloads,
            Path data,
            Consumer<String> progress) {
        this.systems = systems;
        this.warmingUp = warmingUp;
        this.workloads = workloads;
        this.data = data;
        this.progress = progress;
    }

    public Results measure(int runs) throws IOException, InterruptedException {
        for (int run = 1; run <= runs; run++) {
            for (Map.Entry<String, Maker<S>> system : systems.entrySet()) {
                measure(run, runs, system.getKey(), system.getValue());
            }
        }
        return results;
    }

    private void measure(int run, int runs, String name, Maker<S> maker)
            throws IOException, InterruptedException {
        Path folder = data.resolve(name + "-" + run);
        progress.accept("run %d/%d  %s: starting".formatted(run, runs, name));
        try (S system = maker.make(folder)) {
            system.start();
            for (Workload<S> workload : warmingUp) {
                progress.accept(
                        "run %d/%d  %s: warming up, %s"
                                .formatted(run, runs, name, workload.title()));
                var unused = measure(run, system, workload);
            }
            for (Workload<S> workload : workloads) {
                Results.Entry entry = measure(run, system, workload);
                results.add(entry);
                progress.accept(
                        "run %d/%d  %s: (%s) %s"
                                .formatted(run, runs, name, workload.id(), describe(entry)));
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private Results.Entry measure(int run, S system, Workload<S> workload)
            throws InterruptedException {
        var figures = new Figures();
        String note = "";
        try {
            figures = workload.measure(system);
        } catch (SluiceException e) {
            note = e.code() + ": " + e.getMessage();
        }
        return new Results.Entry(
                run,
                system.name(),
                workload.id(),
                workload.title(),
                figures.values(),
                figures.times(),
                note);
    }

    private static String describe(Results.Entry entry) {
        if (!entry.note().isEmpty()) {
            return "not measured: " + entry.note();
        }
        var line = new StringBuilder();
        entry.figures()
                .forEach((name, value) ->
                        line.append(line.isEmpty() ? "" : ", ")
                                .append(name)
                                .append(' ')
                                .append(ResultsTable.number(value)));
        return line.toString();
    }
}
