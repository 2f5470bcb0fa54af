package sluice.bench.failover;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.GatewayApi;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.load.Load;
import sluice.bench.report.Spread;
import sluice.log.SluiceException;

/**
 * Does one thing to a cluster under load again and again, and measures for how long writes pause.
 *
 * <p>The producers know only the gateways to which nothing is done. Between runs the cluster
 * becomes whole again. One thread drives everything.
 */
public final class FailoverBench {

    private static final String TOPIC = "failover";
    private static final Duration WHOLE_MAX = Duration.ofSeconds(90);
    private static final Duration BALANCED_MAX = Duration.ofSeconds(20);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** How long a partition is watched after it took its first write again. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);

    private static final Duration POLL = Duration.ofMillis(20);

    private final FailoverSettings settings;
    private final LocalCluster cluster;
    private final Load load;
    private final Consumer<String> progress;

    private FailoverBench(
            FailoverSettings settings, LocalCluster cluster, Load load, Consumer<String> progress) {
        this.settings = settings;
        this.cluster = cluster;
        this.load = load;
        this.progress = progress;
    }

    /**
     * Measures all runs; nothing that it started is left.
     *
     * @param progress takes a line now and then
     * @return the runs that were measured: fewer than wanted if the cluster could not be made whole
     *     again in between, which was told then
     */
    static List<FailoverRun> measure(FailoverSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        progress.accept("starting %d gateways and the local stores".formatted(settings.gateways()));
        var local =
                new ClusterSettings(
                        settings.root(),
                        settings.data(),
                        settings.gateways(),
                        settings.gateways() + 1,
                        false,
                        settings.heap(),
                        List.of("-XX:+UseSerialGC"),
                        List.of("-XX:TieredStopAtLevel=1"),
                        Map.of());
        try (var cluster = LocalCluster.start(local)) {
            createTopic(cluster, settings);
            var shape =
                    new Load.Shape(
                            TOPIC,
                            settings.partitions(),
                            settings.producers(),
                            settings.recordsPerBatch(),
                            settings.recordBytes(),
                            FailoverSettings.EVERY,
                            0,
                            Duration.ofSeconds(15));
            try (var load = Load.start(shape, cluster.urls(cluster.running()))) {
                var bench = new FailoverBench(settings, cluster, load, progress);
                return bench.runs();
            }
        }
    }

    private static void createTopic(LocalCluster cluster, FailoverSettings settings)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + WHOLE_MAX.toNanos();
        while (!cluster.api(0).createTopic(TOPIC, settings.partitions())) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "no-topic",
                        "the topic could not be made; see the logs in " + settings.data());
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private List<FailoverRun> runs() throws IOException, InterruptedException {
        var runs = new ArrayList<FailoverRun>();
        progress.accept("warming up");
        load.awaitProgress(WHOLE_MAX);
        load.goOn(WARM_UP);
        for (int number = 1; number <= settings.runs(); number++) {
            try {
                if (number > 1) {
                    awaitWhole();
                }
                FailoverRun run = run(number);
                runs.add(run);
                progress.accept(describe(run));
                restore(run.gateway() - 1);
            } catch (SluiceException e) {
                progress.accept("ended in run " + number + ": " + e.getMessage());
                return runs;
            }
        }
        return runs;
    }

    private FailoverRun run(int number) throws IOException, InterruptedException {
        return switch (settings.kind()) {
            case KILL -> loss(number, "KILL");
            case STOP -> loss(number, "STOP");
            case DRAIN -> loss(number, "TERM");
            case JOIN -> join(number);
        };
    }

    /** A gateway goes, in one way or another. */
    private FailoverRun loss(int number, String signal) throws IOException, InterruptedException {
        int victim = victim(number);
        List<Integer> others = others(victim);
        load.through(cluster.urls(others));
        load.goOn(SETTLE);
        load.awaitProgress(settings.runMax());
        List<Integer> owned = partitionsOf(victim, others.getFirst());
        var times = new LinkedHashMap<String, Duration>();
        var notes = owned.isEmpty() ? "it owned no partition" : "";

        long faultNs = System.nanoTime();
        cluster.gateway(victim).signal(signal);
        if (signal.equals("TERM")) {
            cluster.gateway(victim).awaitExit(settings.runMax());
            times.put("exit", Duration.ofNanos(System.nanoTime() - faultNs));
        }
        int silent = 0;
        long deadlineNs = faultNs + settings.runMax().toNanos();
        for (int partition : owned) {
            var left = Duration.ofNanos(deadlineNs - System.nanoTime());
            silent += load.acks(partition).awaitSince(faultNs, left) ? 0 : 1;
        }
        load.goOn(AFTERWARDS);
        return new FailoverRun(
                number, victim + 1, gaps(owned, faultNs, System.nanoTime()), silent, times, notes);
    }

    /** A gateway comes, with an empty disk. */
    private FailoverRun join(int number) throws IOException, InterruptedException {
        int joiner = settings.gateways();
        load.through(cluster.urls(cluster.running()));
        load.goOn(SETTLE);
        cluster.wipeDisk(joiner);
        var times = new LinkedHashMap<String, Duration>();

        long startNs = System.nanoTime();
        cluster.gateway(joiner).start();
        cluster.awaitReady(joiner);
        long readyNs = System.nanoTime();
        times.put("ready", Duration.ofNanos(readyNs - startNs));
        int owned = awaitShare(joiner, readyNs, times);
        load.goOn(AFTERWARDS);
        var notes = owned == 0 ? "it was given no slot" : "it owned " + owned + " slots";
        return new FailoverRun(
                number,
                joiner + 1,
                gaps(partitionsOf(joiner, joiner), readyNs, System.nanoTime()),
                0,
                times,
                notes);
    }

    /**
     * Watches a gateway's slots until there are no more for a while.
     *
     * @return how many it has then
     */
    private int awaitShare(int joiner, long readyNs, Map<String, Duration> times)
            throws InterruptedException {
        int most = 0;
        long lastNs = readyNs;
        long deadlineNs = readyNs + settings.runMax().toNanos();
        while (System.nanoTime() - deadlineNs < 0
                && (most == 0 || System.nanoTime() - lastNs < AFTERWARDS.toNanos())) {
            var state = cluster.api(joiner).state();
            if (state.isPresent()) {
                int slots = state.get().slotsByAddress().getOrDefault(cluster.address(joiner), 0);
                long nowNs = System.nanoTime();
                if (slots > most) {
                    most = slots;
                    lastNs = nowNs;
                    times.putIfAbsent("ready to first slot", Duration.ofNanos(nowNs - readyNs));
                }
                int share = state.get().slots() / (settings.gateways() + 1);
                if (slots >= share) {
                    times.putIfAbsent("ready to its share", Duration.ofNanos(nowNs - readyNs));
                }
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        if (most > 0) {
            times.put("ready to its last slot", Duration.ofNanos(lastNs - readyNs));
        }
        return most;
    }

    private Map<Integer, Duration> gaps(List<Integer> partitions, long fromNs, long toNs) {
        var gaps = new TreeMap<Integer, Duration>();
        for (int partition : partitions) {
            gaps.put(partition, load.acks(partition).longestSilence(fromNs, toNs));
        }
        return gaps;
    }

    /** Undoes what a run did. */
    private void restore(int gateway) throws IOException, InterruptedException {
        var process = cluster.gateway(gateway);
        switch (settings.kind()) {
            case KILL, DRAIN -> process.awaitExit(WHOLE_MAX);
            case STOP -> {
                process.signal("CONT");
                load.goOn(AFTERWARDS);
                // It was taken for dead, and ends when it finds that out; if not, it does so here.
                process.kill();
            }
            case JOIN -> {
                process.signal("TERM");
                process.awaitExit(WHOLE_MAX);
                return;
            }
        }
        process.start();
        cluster.awaitReady(gateway);
    }

    private void awaitWhole() throws InterruptedException {
        List<Integer> all = IntStream.range(0, settings.gateways()).boxed().toList();
        cluster.awaitWhole(WHOLE_MAX, all);
        try {
            cluster.awaitState(
                    "balanced",
                    BALANCED_MAX,
                    List.of(0),
                    state ->
                            state.slotsByAddress().values().stream()
                                    .allMatch(slots ->
                                            slots >= state.slots() / settings.gateways() - 1));
        } catch (SluiceException e) {
            progress.accept(
                    "slots are not shared out evenly after "
                            + BALANCED_MAX.toSeconds()
                            + " s; going on with what each gateway has");
        }
        load.awaitProgress(settings.runMax());
    }

    /** Each in turn; one that owns nothing is passed over for the one that owns most. */
    private int victim(int number) throws InterruptedException {
        int next = (number - 1) % settings.gateways();
        if (!partitionsOf(next, others(next).getFirst()).isEmpty()) {
            return next;
        }
        var sizes = new TreeMap<Integer, Integer>();
        for (int gateway = 0; gateway < settings.gateways(); gateway++) {
            sizes.put(gateway, partitionsOf(gateway, gateway).size());
        }
        return sizes.entrySet().stream()
                .max(Comparator.comparing(Map.Entry::getValue))
                .orElseThrow()
                .getKey();
    }

    private List<Integer> others(int gateway) {
        return IntStream.range(0, settings.gateways()).filter(i -> i != gateway).boxed().toList();
    }

    private List<Integer> partitionsOf(int gateway, int asked) throws InterruptedException {
        var address = cluster.address(gateway);
        return cluster.api(asked).partitions(TOPIC).orElse(List.of()).stream()
                .filter(partition -> partition.owner().equals(address))
                .map(GatewayApi.Partition::partition)
                .toList();
    }

    private String describe(FailoverRun run) {
        var line = new StringBuilder("run %2d/%d".formatted(run.number(), settings.runs()));
        line.append("  gateway-%d, %2d partitions".formatted(run.gateway(), run.gaps().size()));
        Spread.of(run.gaps().values())
                .ifPresent(gaps ->
                        line.append(
                                "  gap median %.2f s, worst %.2f s"
                                        .formatted(gaps.median(), gaps.max())));
        run.times()
                .forEach((what, time) ->
                        line.append("  %s %.2f s".formatted(what, time.toNanos() / 1e9)));
        if (run.silent() > 0) {
            line.append("  %d STILL SILENT".formatted(run.silent()));
        }
        return run.notes().isEmpty() ? line.toString() : line + "  (" + run.notes() + ")";
    }
}
