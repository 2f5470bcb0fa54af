package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import sluice.client.link.SessionLane;
import sluice.client.record.TopicPartition;
import sluice.log.lane.VirtualTime;

/** Members that come, go, sleep and lose their connections, by chance; nothing is lost. */
class StreamRandomTest {

    private static final int PARTITIONS = 5;
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 40);

    private static final class Run {
        final VirtualTime time;
        final RandomGenerator random;
        final FakeGroup group = new FakeGroup(PARTITIONS);
        final FakeCluster cluster;
        final List<FakeApplication> applications = new ArrayList<>();
        final List<VirtualTime.Scope> processes = new ArrayList<>();
        final List<FakeApplication> ended = new ArrayList<>();
        int reconnections;
        boolean isCalm;

        Run(long seed) {
            time = new VirtualTime(seed);
            random = time.random();
            cluster = new FakeCluster(time.scope("gateways").lane("gateways"), group, random);
            cluster.answersLost = 3;
            cluster.coordinatorDown = 5;
        }

        void start() {
            var process = time.scope("client" + processes.size());
            var lane = FakeCluster.clientLane(process.lane("session"));
            var application =
                    new FakeApplication(
                            cluster, lane, FakeCluster.settings(random.nextInt(3), 32 << 10));
            applications.add(application);
            processes.add(process);
            work(application, lane);
        }

        /** What the application does again and again. */
        private void work(FakeApplication application, SessionLane lane) {
            application.ask(1 + random.nextInt(50));
            if (random.nextInt(4) == 0) {
                application.commit();
            }
            if (!isCalm && random.nextInt(40) == 0 && !application.assigned.isEmpty()) {
                var some = application.assigned.iterator().next();
                if (random.nextBoolean()) {
                    application.session.partitions().pause(Set.of(some));
                } else {
                    HeldPartition hold = application.session.partitions().known(some);
                    if (hold != null) {
                        application.seek(
                                some, random.nextLong(hold.committed, hold.position() + 1));
                    }
                }
            }
            if (isCalm || random.nextInt(10) == 0) {
                application.session.partitions().resume(Set.copyOf(application.assigned));
            }
            lane.after(Duration.ofMillis(random.nextInt(1, 40)), () -> work(application, lane));
        }

        void somethingHappens() {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (applications.size() < 4) {
                        start();
                    }
                }
                case 1 -> {
                    if (applications.size() > 1) {
                        end(random.nextInt(applications.size()));
                    }
                }
                case 2, 3 -> cutOne(true);
                case 4 -> cutOne(false);
                case 5 -> cluster.stop(FakeCluster.GATEWAYS.get(random.nextInt(3)));
                case 6 -> FakeCluster.GATEWAYS.forEach(cluster::start);
                case 7 ->
                        processes
                                .get(random.nextInt(processes.size()))
                                .pause(Duration.ofMillis(random.nextInt(20_000)));
                case 8 -> group.takeRevoking();
                case 9 -> resetBack();
                default -> group.append(random.nextInt(PARTITIONS), 1 + random.nextInt(30));
            }
        }

        private void cutOne(boolean isTold) {
            List<FakeStream> open = cluster.open();
            if (!open.isEmpty()) {
                FakeStream stream = open.get(random.nextInt(open.size()));
                reconnections++;
                if (isTold) {
                    stream.reset(random.nextBoolean() ? 1006 : 1012);
                } else {
                    stream.cut();
                }
            }
        }

        private void resetBack() {
            int partition = random.nextInt(PARTITIONS);
            var id = new TopicPartition(FakeGroup.TOPIC, partition);
            long committed = group.committed.getOrDefault(id, 0L);
            group.reset(partition, random.nextLong(committed + 1));
        }

        /** Kill -9: nobody is told but the coordinator, after a while. */
        private void end(int index) {
            processes.remove(index).kill();
            FakeApplication gone = applications.remove(index);
            ended.add(gone);
            for (var member : List.copyOf(group.members.values())) {
                if (member.stream == null || !member.stream.isOpen()) {
                    continue;
                }
                if (member.stream.belongsTo(gone)) {
                    member.stream.cut();
                    group.leave(member);
                    return;
                }
            }
        }

        boolean isAllCommitted() {
            return group.logs.keySet().stream()
                    .allMatch(p -> group.committed.getOrDefault(p, 0L) == group.end(p));
        }
    }

    @Test
    void everyRecordIsHandedOutAndCommittedWhateverFails() {
        int reconnections = 0;
        long commits = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var run = new Run(seed);
            run.start();
            for (int i = 0; i < 200; i++) {
                run.time.runFor(Duration.ofMillis(run.random.nextInt(400)));
                run.somethingHappens();
            }
            run.isCalm = true;
            run.cluster.answersLost = 0;
            run.cluster.coordinatorDown = 0;
            FakeCluster.GATEWAYS.forEach(run.cluster::start);
            forgetAbandoned(run);
            String message = "seed=" + seed;
            assertTrue(
                    run.time.runUntil(run::isAllCommitted, Duration.ofMinutes(5)),
                    () -> message + " committed=" + run.group.committed);
            assertEquals(List.of(), run.group.violations, message);
            assertAllHandedOut(run, message);
            reconnections += run.reconnections;
            commits += run.group.commits;
        }
        assertTrue(reconnections > SEEDS && commits > 10L * SEEDS, "commits=" + commits);
    }

    /** What the coordinator does by itself: a member that nobody hears of ends. */
    private static void forgetAbandoned(Run run) {
        run.time.runFor(Duration.ofSeconds(60));
        for (var member : List.copyOf(run.group.members.values())) {
            if (member.stream == null || !member.stream.isOpen()) {
                run.group.leave(member);
            }
        }
    }

    private static void assertAllHandedOut(Run run, String message) {
        var handedOut = new HashSet<String>();
        for (var applications : List.of(run.applications, run.ended)) {
            for (FakeApplication each : applications) {
                each.records.forEach(record -> handedOut.add(record.id()));
            }
        }
        long all = run.group.logs.keySet().stream().mapToLong(run.group::end).sum();
        assertEquals(all, handedOut.size(), message);
    }
}
