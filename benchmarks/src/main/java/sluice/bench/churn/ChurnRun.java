package sluice.bench.churn;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.log.SluiceException;

/** A whole run: members are started, read in peace for a while, are churned, and settle. */
public final class ChurnRun {

    private static final int STARTED_AT_ONCE = 6;
    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration READ_MAX = Duration.ofSeconds(60);
    private static final Duration COMMITTED_MAX = Duration.ofSeconds(20);

    private final GroupApi api;
    private final ChurnShape shape;
    private final String topic;
    private final String group;
    private final Path folder;
    private final Consumer<String> progress;
    private final RunLog log = new RunLog();
    private final List<MemberProcess> processes = new ArrayList<>();

    /**
     * @param topic that is there, and empty
     * @param warmUpTopic that is there, with one partition
     * @param folder for what members' processes print
     */
    public ChurnRun(
            GroupApi api,
            ChurnShape shape,
            String topic,
            String warmUpTopic,
            Path folder,
            Consumer<String> progress)
            throws IOException, InterruptedException {
        this.api = api;
        this.shape = shape;
        this.topic = topic;
        this.group = "churn-" + topic;
        this.folder = folder;
        this.progress = progress;
        try {
            startMembers(warmUpTopic);
        } catch (IOException | InterruptedException | RuntimeException e) {
            endMembers();
            throw e;
        }
    }

    /** Each reads something of another topic by a group of its own first. */
    private void startMembers(String warmUpTopic) throws IOException, InterruptedException {
        int members = shape.processes();
        progress.accept("starting %d members' processes".formatted(members));
        try (GroupApi.Writer writer = api.writer(warmUpTopic)) {
            for (int i = 0; i < 100; i++) {
                writer.send("warm", "" + i);
            }
            writer.flush();
        }
        api.createGroup(group, topic);
        for (int i = 0; i < members; i++) {
            var name = "m" + (i + 1);
            String warmUpGroup = "warm-up-%s-%s".formatted(topic, name);
            api.createGroup(warmUpGroup, warmUpTopic);
            var arguments = new ArrayList<>(api.memberKind());
            arguments.addAll(List.of(name, warmUpTopic, warmUpGroup, topic, group));
            arguments.addAll(api.memberSettings());
            processes.add(MemberProcess.start(name, arguments, folder, log));
            if (i >= STARTED_AT_ONCE) {
                processes.get(i - STARTED_AT_ONCE).awaitReady(READY_MAX);
            }
        }
        for (MemberProcess process : processes) {
            process.awaitReady(READY_MAX);
        }
    }

    /** Does it; nothing that was started is left. */
    public ChurnResult run() throws IOException, InterruptedException {
        var random = new Random(shape.seed());
        var plan = shape.plan(random);
        var churn = new Churn(api, group, topic, log, random, progress, processes);
        try (GroupApi.Writer writer = api.writer(topic);
                var load = KeyedLoad.start(writer, shape.partitions(), shape.perSecond())) {
            churn.begin(shape.membersAtFirst());
            awaitRead();
            TimeUnit.NANOSECONDS.sleep(shape.calm().toNanos() / 4);
            progress.accept("all is read; in peace for " + shape.calm().toSeconds() + " s");
            long calmNs = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(shape.calm().toNanos());
            long churnNs = System.nanoTime();
            churn.run(plan, shape.length());
            progress.accept("settling");
            churn.settle(shape.settleMax());
            long endNs = System.nanoTime();
            Map<String, Long> written = load.stop();
            Map<Integer, Long> committed = awaitCommitted();
            churn.leaveAll();
            return new ChurnResult(
                    log.entries(),
                    written,
                    api.ends(topic),
                    committed,
                    churn.lateAnswers(),
                    calmNs,
                    churnNs,
                    endNs);
        } finally {
            endMembers();
        }
    }

    private void awaitRead() throws InterruptedException {
        long endNs = System.nanoTime() + READ_MAX.toNanos();
        while (log.lastReads().size() < shape.partitions()) {
            if (System.nanoTime() - endNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "nothing-read",
                        "members do not read all partitions: read=%s; see %s"
                                .formatted(log.lastReads().keySet(), folder));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** What is committed when that is all, or the time is over. */
    private Map<Integer, Long> awaitCommitted() throws InterruptedException {
        Map<Integer, Long> ends = api.ends(topic);
        long endNs = System.nanoTime() + COMMITTED_MAX.toNanos();
        var committed = new HashMap<>(api.committed(group, topic));
        while (!committed.equals(ends) && System.nanoTime() - endNs < 0) {
            TimeUnit.MILLISECONDS.sleep(100);
            committed = new HashMap<>(api.committed(group, topic));
        }
        return committed;
    }

    private void endMembers() {
        processes.forEach(MemberProcess::forget);
    }
}
