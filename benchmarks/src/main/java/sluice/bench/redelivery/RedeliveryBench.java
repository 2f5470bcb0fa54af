package sluice.bench.redelivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ShippedJvm;
import sluice.bench.worker.WorkerEvent;
import sluice.bench.worker.WorkerEvent.Kind;
import sluice.bench.worker.WorkerProcess;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.log.SluiceException;

/**
 * Takes a consumer, or a gateway, away while messages are held, again and again, and measures when
 * others have them, or that nobody else does. One thread drives everything; consumers are
 * processes.
 */
final class RedeliveryBench {

    private static final String QUEUE = "jobs";
    private static final int GATEWAYS = 3;
    private static final int HOLDING = 50;
    private static final int FREE = 10;
    private static final int CONSUMERS_OF_A_PROCESS = 10;
    private static final Duration EVENT_MAX = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final Duration QUICK_EVERY = Duration.ofMillis(20);
    private static final Duration AFTERWARDS = Duration.ofSeconds(8);

    /** For a late acknowledgement: longer than any consumer goes on trying. */
    private static final Duration LATE_MAX = Duration.ofSeconds(40);

    private final LossSettings settings;
    private final LocalCluster cluster;
    private final Producer producer;
    private final Consumer<String> progress;
    private final WorkerLog log = new WorkerLog();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private long lastNumber;
    private int lastWorker;

    private RedeliveryBench(
            LossSettings settings,
            LocalCluster cluster,
            Producer producer,
            Consumer<String> progress) {
        this.settings = settings;
        this.cluster = cluster;
        this.producer = producer;
        this.progress = progress;
    }

    /**
     * Measures all runs; nothing that it started is left.
     *
     * @param progress takes a line now and then
     * @return the runs that were measured: fewer than wanted if something failed in between, which
     *     was told then
     */
    static List<LossRun> measure(LossSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        progress.accept("starting %d gateways and the local stores".formatted(GATEWAYS));
        var local =
                new ClusterSettings(
                        settings.root(),
                        settings.data(),
                        GATEWAYS,
                        GATEWAYS,
                        false,
                        settings.heap(),
                        ShippedJvm.options(settings.heap(), List.of()),
                        List.of("-XX:TieredStopAtLevel=1"),
                        Map.of());
        try (var cluster = LocalCluster.start(local)) {
            createQueue(cluster);
            try (SluiceClient client = Sluice.connect(addresses(cluster));
                    Producer producer = client.producer().linger(Duration.ZERO).build()) {
                var bench = new RedeliveryBench(settings, cluster, producer, progress);
                try {
                    return bench.runs();
                } finally {
                    bench.workers.forEach(WorkerProcess::forget);
                }
            }
        }
    }

    private static void createQueue(LocalCluster cluster) throws InterruptedException {
        long endNs = System.nanoTime() + EVENT_MAX.toNanos();
        while (!cluster.api(0).createQueue(QUEUE, "{}")) {
            if (System.nanoTime() - endNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE, "no-queue", "the queue was not made");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static String addresses(LocalCluster cluster) {
        return cluster.urls(IntStream.range(0, GATEWAYS).boxed().toList()).stream()
                .map(Object::toString)
                .collect(Collectors.joining(","));
    }

    private List<LossRun> runs() throws IOException, InterruptedException {
        var runs = new ArrayList<LossRun>();
        progress.accept("warming up");
        if (settings.kind() == LossKind.GATEWAY) {
            for (int i = 0; i < (HOLDING + FREE) / CONSUMERS_OF_A_PROCESS; i++) {
                startWorker(CONSUMERS_OF_A_PROCESS);
            }
        } else {
            startWorker(1);
            startWorker(1);
        }
        for (int i = 0; i < 200; i++) {
            quick();
        }
        for (int number = 1; number <= settings.runs(); number++) {
            try {
                LossRun run =
                        settings.kind() == LossKind.GATEWAY ? loseGateway(number) : lose(number);
                runs.add(run);
                progress.accept(describe(run));
            } catch (SluiceException e) {
                progress.accept("ended in run " + number + ": " + e.getMessage());
                return runs;
            }
        }
        return runs;
    }

    private void startWorker(int consumers) throws IOException, InterruptedException {
        WorkerProcess worker =
                WorkerProcess.start(
                        "worker-" + ++lastWorker,
                        addresses(cluster),
                        QUEUE,
                        consumers,
                        settings.data().resolve("workers"),
                        log::add);
        workers.add(worker);
        var unused =
                log.await(
                        worker.name() + " is ready",
                        EVENT_MAX,
                        told -> told.worker() == worker && told.event().kind() == Kind.READY);
    }

    /** One message that its consumer is done with at once; returns when it is settled. */
    private void quick() throws InterruptedException {
        long number = send("quick");
        var unused = awaitEvent(Kind.SETTLED, number, EVENT_MAX);
    }

    private long send(String word) throws InterruptedException {
        long number = ++lastNumber;
        byte[] value = (word + " " + number).getBytes(StandardCharsets.UTF_8);
        try {
            var unused =
                    producer.send(ProducerRecord.of(QUEUE, value))
                            .get(EVENT_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "not-sent",
                    "a message was not sent: " + e,
                    e);
        }
        return number;
    }

    private WorkerLog.Told awaitEvent(Kind kind, long number, Duration max)
            throws InterruptedException {
        return log.await(
                "message " + number + " " + kind,
                max,
                told -> told.event().kind() == kind && told.event().number() == number);
    }

    /** A consumer has a message, and is killed or stopped. */
    private LossRun lose(int number) throws IOException, InterruptedException {
        long message = send("hold");
        WorkerProcess victim = awaitEvent(Kind.GOT, message, EVENT_MAX).worker();
        TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
        boolean isKill = settings.kind() == LossKind.KILL;
        long faultNs = System.nanoTime();
        victim.signal(isKill ? "KILL" : "STOP");
        WorkerLog.Told next =
                log.await(
                        "message " + message + " comes to another",
                        EVENT_MAX,
                        told ->
                                told.worker() != victim
                                        && told.event().kind() == Kind.GOT
                                        && told.event().number() == message);
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("until another has it", Duration.ofNanos(next.event().atNs() - faultNs));
        Map<String, Integer> counts = new LinkedHashMap<>();
        String notes = "";
        if (isKill) {
            next.worker().acknowledge(message);
            var unused = awaitEvent(Kind.SETTLED, message, EVENT_MAX);
            workers.remove(victim);
            startWorker(1);
        } else {
            notes = wake(victim, message, counts);
            next.worker().acknowledge(message);
            var unused = awaitEvent(Kind.SETTLED, message, EVENT_MAX);
        }
        return new LossRun(number, times, counts, notes);
    }

    /**
     * The stopped consumer goes on, and acknowledges what another has by now.
     *
     * @return what it was told
     */
    private String wake(WorkerProcess victim, long message, Map<String, Integer> counts)
            throws IOException, InterruptedException {
        victim.signal("CONT");
        victim.acknowledge(message);
        WorkerLog.Told answer =
                log.await(
                        "an answer to the late acknowledgement",
                        LATE_MAX,
                        told ->
                                told.worker() == victim
                                        && told.event().number() == message
                                        && (told.event().kind() == Kind.REFUSED
                                                || told.event().kind() == Kind.SETTLED));
        boolean isRefused = answer.event().kind() == Kind.REFUSED;
        counts.put("late acknowledgements refused", isRefused ? 1 : 0);
        counts.put("late acknowledgements accepted", isRefused ? 0 : 1);
        return answer.event().text();
    }

    /** Fifty consumers hold a message each; others go on. */
    private LossRun loseGateway(int number) throws IOException, InterruptedException {
        List<Long> held = new ArrayList<>();
        Map<Long, WorkerProcess> holders = new HashMap<>();
        for (int i = 0; i < HOLDING; i++) {
            held.add(send("hold"));
        }
        for (long each : held) {
            holders.put(each, awaitEvent(Kind.GOT, each, EVENT_MAX).worker());
        }
        int victim = (number - 1) % GATEWAYS;
        long firstQuick = lastNumber + 1;
        quickFor(SETTLE);
        long faultNs = System.nanoTime();
        cluster.gateway(victim).signal("KILL");
        quickFor(AFTERWARDS);
        for (long each = firstQuick; each <= lastNumber; each++) {
            var unused = awaitEvent(Kind.SETTLED, each, EVENT_MAX);
        }
        holders.forEach((each, worker) -> worker.acknowledge(each));
        int settled = 0;
        for (long each : held) {
            var answer =
                    log.await(
                            "an answer to the acknowledgement of " + each,
                            EVENT_MAX,
                            told ->
                                    told.event().number() == each
                                            && (told.event().kind() == Kind.SETTLED
                                                    || told.event().kind() == Kind.REFUSED));
            settled += answer.event().kind() == Kind.SETTLED ? 1 : 0;
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("held and acknowledged afterwards", settled);
        counts.put("held and given out again", again(held));
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("longest pause of deliveries", longestPause(firstQuick, faultNs));
        cluster.gateway(victim).awaitExit(EVENT_MAX);
        cluster.gateway(victim).start();
        cluster.awaitReady(victim);
        cluster.awaitWhole(EVENT_MAX, IntStream.range(0, GATEWAYS).boxed().toList());
        return new LossRun(number, times, counts, "gateway-" + (victim + 1));
    }

    /** Sends without waiting, at a steady rate. */
    private void quickFor(Duration time) throws InterruptedException {
        long endNs = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - endNs < 0) {
            long number = ++lastNumber;
            var unused =
                    producer.send(
                            ProducerRecord.of(
                                    QUEUE, ("quick " + number).getBytes(StandardCharsets.UTF_8)));
            TimeUnit.NANOSECONDS.sleep(QUICK_EVERY.toNanos());
        }
    }

    private int again(List<Long> held) {
        Map<Long, Long> times =
                log.of(Kind.GOT).stream()
                        .collect(
                                Collectors.groupingBy(
                                        told -> told.event().number(), Collectors.counting()));
        return (int) held.stream().filter(each -> times.getOrDefault(each, 0L) > 1).count();
    }

    private Duration longestPause(long firstQuick, long faultNs) {
        List<Long> times =
                log.of(Kind.GOT).stream()
                        .map(WorkerLog.Told::event)
                        .filter(event -> event.number() >= firstQuick)
                        .map(WorkerEvent::atNs)
                        .filter(atNs -> atNs - faultNs > 0)
                        .sorted()
                        .toList();
        long longest = 0;
        long lastNs = faultNs;
        for (long each : times) {
            longest = Math.max(longest, each - lastNs);
            lastNs = each;
        }
        return Duration.ofNanos(longest);
    }

    private String describe(LossRun run) {
        var line = new StringBuilder("run %2d/%d".formatted(run.number(), settings.runs()));
        run.times()
                .forEach((what, time) ->
                        line.append("  %s %.3f s".formatted(what, time.toNanos() / 1e9)));
        run.counts().forEach((what, count) -> line.append("  %s: %d".formatted(what, count)));
        return run.notes().isEmpty() ? line.toString() : line + "  (" + run.notes() + ")";
    }
}
