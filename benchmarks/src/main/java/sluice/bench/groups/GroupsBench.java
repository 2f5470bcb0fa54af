package sluice.bench.groups;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import sluice.bench.churn.ChurnChecks;
import sluice.bench.churn.ChurnResult;
import sluice.bench.churn.ChurnRun;
import sluice.bench.churn.GroupApi;
import sluice.bench.churn.ReadPauses;
import sluice.bench.churn.RunLog;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.Received;
import sluice.bench.member.MemberEvent;
import sluice.bench.system.MessagingSystem;
import sluice.log.SluiceException;

/** Churns the members of a group of one system after the other, by the same seed. */
final class GroupsBench {

    private static final String TOPIC = "read";
    private static final String WARM_UP_TOPIC = "warm-up";

    private final GroupsSettings settings;
    private final Consumer<String> progress;

    GroupsBench(GroupsSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Empty if it could not be measured, which is told. */
    Optional<GroupsRun> run(MeasuredSystem system) throws InterruptedException {
        try {
            return Optional.of(measure(system));
        } catch (IOException | SluiceException e) {
            progress.accept(system.word() + " could not be measured: " + e.getMessage());
            return Optional.empty();
        }
    }

    private GroupsRun measure(MeasuredSystem kind) throws IOException, InterruptedException {
        Path folder = settings.data().resolve(kind.word());
        progress.accept(kind.word() + ": starting three nodes");
        try (MessagingSystem system = kind.make(settings, folder)) {
            system.start();
            system.createTopic(WARM_UP_TOPIC, 1);
            system.createTopic(TOPIC, settings.shape().partitions());
            try (GroupApi api = kind.api(system)) {
                return churned(kind, system, api, folder.resolve("members"));
            }
        }
    }

    private GroupsRun churned(
            MeasuredSystem kind, MessagingSystem system, GroupApi api, Path folder)
            throws IOException, InterruptedException {
        var run =
                new ChurnRun(
                        api,
                        settings.shape(),
                        TOPIC,
                        WARM_UP_TOPIC,
                        folder,
                        line -> progress.accept(kind.word() + ": " + line));
        var plain = new PlainReader();
        try (BenchConsumer reader = system.consumer(TOPIC, settings.shape().partitions(), plain)) {
            ChurnResult result = run.run();
            Files.write(
                    folder.resolve("events.txt"),
                    result.entries().stream().map(RunLog.Entry::toString).toList());
            var findings = ChurnChecks.of(result);
            findings.examples().forEach(each -> progress.accept(kind.word() + ": " + each));
            return new GroupsRun(
                    kind.word(),
                    kind.about(),
                    Duration.ofNanos(result.endNs() - result.churnNs()),
                    ReadPauses.of(result, plain.times()),
                    findings,
                    (int)
                            result.entries().stream()
                                    .filter(each -> each.event() instanceof MemberEvent.Failed)
                                    .count(),
                    moments(result),
                    result.churnNs());
        }
    }

    private static List<Duration> moments(ChurnResult result) {
        return result.entries().stream()
                .filter(each ->
                        each.event() instanceof MemberEvent.Joining
                                || each.event() instanceof MemberEvent.Left
                                || each.event() instanceof MemberEvent.Killed
                                || each.event() instanceof MemberEvent.Stopped)
                .filter(each -> each.atNs() >= result.churnNs() && each.atNs() < result.endNs())
                .map(each -> Duration.ofNanos(each.atNs() - result.churnNs()))
                .toList();
    }

    /** When a reader that is in no group had a record of each partition. */
    private static final class PlainReader implements Received {
        private final Map<Integer, TreeSet<Long>> times = new HashMap<>();

        @Override
        public synchronized void received(int partition, ByteBuffer value) {
            times.computeIfAbsent(partition, _ -> new TreeSet<>()).add(System.nanoTime());
        }

        @Override
        public void failed(String why) {
            // It is for comparison alone: pauses count with what it had.
        }

        synchronized Map<Integer, TreeSet<Long>> times() {
            var copy = new HashMap<Integer, TreeSet<Long>>();
            times.forEach((partition, all) -> copy.put(partition, new TreeSet<>(all)));
            return copy;
        }
    }
}
