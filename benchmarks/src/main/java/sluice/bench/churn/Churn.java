package sluice.bench.churn;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.bench.churn.ChurnPlan.Step;

/** Does to the members what the plan says, to whom by chance. For one thread. */
final class Churn {

    private static final long TICK_MS = 5;

    /** Who read nothing for so long is no reader. */
    private static final Duration READS = Duration.ofSeconds(1);

    /**
     * A silent member is woken some time after it should have ended, whether others read or not.
     */
    private static final Duration AFTER_SESSION = Duration.ofSeconds(6);

    /** How long it lies still after others have all that was its. */
    private static final Duration LIES = Duration.ofMillis(500);

    /** In the end, when nobody joins by the plan any more. */
    private static final int READERS_MIN = 2;

    /** Of the late commits, how the group answered: a refusal, or empty. */
    private final List<String> lateAnswers = new ArrayList<>();

    private final GroupApi api;
    private final String group;
    private final String topic;
    private final RunLog log;
    private final RandomGenerator random;
    private final Consumer<String> progress;
    private final List<MemberProcess> idle;
    private final List<MemberProcess> joined = new ArrayList<>();
    private final List<Stall> stalls = new ArrayList<>();
    private int stallsOwed;

    /** Of a member that falls silent: asked to hold, then stopped, then woken. */
    private static final class Stall {
        final MemberProcess member;
        Set<Integer> partitions = Set.of();
        Optional<Supplier<String>> lateCommit = Optional.empty();
        long stoppedNs;
        long takenNs;
        boolean isStopped;
        boolean isWoken;

        Stall(MemberProcess member) {
            this.member = member;
        }
    }

    /**
     * @param idle members that can join
     */
    Churn(
            GroupApi api,
            String group,
            String topic,
            RunLog log,
            RandomGenerator random,
            Consumer<String> progress,
            List<MemberProcess> idle) {
        this.api = api;
        this.group = group;
        this.topic = topic;
        this.log = log;
        this.random = random;
        this.progress = progress;
        this.idle = new ArrayList<>(idle);
    }

    /** So many join. */
    void begin(int members) {
        for (int i = 0; i < members; i++) {
            join();
        }
    }

    /**
     * Goes through the plan.
     *
     * @param length how long that takes at least; the last step may be well before its end
     */
    void run(ChurnPlan plan, Duration length) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        for (Step step : plan.steps()) {
            attendUntil(startNs + TimeUnit.MILLISECONDS.toNanos(step.atMs()));
            switch (step) {
                case Step.Towards(_, int members) -> towards(members);
                case Step.Kill _ -> kill();
                case Step.Stall _ -> stall();
            }
        }
        attendUntil(startNs + length.toNanos());
    }

    private void attendUntil(long endNs) throws IOException, InterruptedException {
        while (System.nanoTime() - endNs < 0) {
            attend();
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
    }

    private void towards(int members) {
        if (joined.size() < members) {
            join();
        } else if (joined.size() > members) {
            MemberProcess leaving = any(steady());
            if (leaving != null) {
                joined.remove(leaving);
                idle.add(leaving);
                leaving.leave();
                tell(leaving.name() + " leaves");
            }
        }
    }

    private void join() {
        MemberProcess joining = any(idle);
        if (joining != null) {
            idle.remove(joining);
            joined.add(joining);
            joining.join();
            tell(joining.name() + " joins");
        }
    }

    private void kill() {
        MemberProcess dying = any(readers());
        if (dying == null) {
            dying = any(steady());
        }
        if (dying != null) {
            joined.remove(dying);
            dying.kill();
            tell(dying.name() + " is killed");
        }
    }

    /** Asks a reader to, if there is one; else the next one that there is. */
    private void stall() {
        MemberProcess stalling = any(readers());
        if (stalling != null) {
            stalls.add(new Stall(stalling));
            stalling.hold();
        } else {
            stallsOwed++;
        }
    }

    /** Does what has become due with members that fall silent. */
    private void attend() throws IOException, InterruptedException {
        if (stallsOwed > 0 && !readers().isEmpty()) {
            stallsOwed--;
            stall();
        }
        for (Iterator<Stall> each = stalls.iterator(); each.hasNext(); ) {
            Stall stall = each.next();
            if (!stall.isStopped) {
                if (stall.member.isHolding()) {
                    stop(stall);
                } else if (readBy(stall.member.name()).isEmpty()) {
                    // Others have its partitions by now.
                    stall.member.goOn();
                    each.remove();
                    stallsOwed++;
                }
            } else if (!stall.isWoken) {
                if (isOver(stall)) {
                    wake(stall);
                }
            } else if (stall.member.isZombieDone()) {
                each.remove();
            }
        }
    }

    private void stop(Stall stall) throws IOException, InterruptedException {
        stall.partitions = readBy(stall.member.name());
        stall.lateCommit = api.lateCommit(group, topic, stall.member.name());
        stall.member.stop();
        stall.stoppedNs = System.nanoTime();
        stall.isStopped = true;
        tell(stall.member.name() + " falls silent");
    }

    private boolean isOver(Stall stall) {
        long nowNs = System.nanoTime();
        long maxNs = api.sessionTimeout().plus(AFTER_SESSION).toNanos();
        if (nowNs - stall.stoppedNs > maxNs) {
            return true;
        }
        Map<Integer, RunLog.Entry> last = log.lastReads();
        boolean isTaken =
                stall.partitions.stream()
                        .allMatch(partition -> {
                            RunLog.Entry read = last.get(partition);
                            return read != null
                                    && read.atNs() > stall.stoppedNs
                                    && !read.member().equals(stall.member.name());
                        });
        if (isTaken && stall.takenNs == 0) {
            stall.takenNs = nowNs;
        }
        return stall.takenNs != 0 && nowNs - stall.takenNs > LIES.toNanos();
    }

    private void wake(Stall stall) throws IOException, InterruptedException {
        stall.isWoken = true;
        stall.lateCommit.ifPresent(commit -> {
            if (stall.takenNs != 0) {
                lateAnswers.add(commit.get());
            }
        });
        stall.member.goOn();
        stall.member.wake();
        tell(stall.member.name() + " wakes");
    }

    /** Returns when all are awake and each partition is read by a member, or the time is over. */
    void settle(Duration max) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        for (int reading = steady().size(); reading < READERS_MIN; reading++) {
            join(); // The last one may have been killed, or lie silent.
        }
        while (System.nanoTime() - startNs < max.toNanos()
                && !(stalls.isEmpty() && stallsOwed == 0 && areRead())) {
            attend();
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
        for (Stall stall : stalls) {
            if (!stall.isStopped) {
                stall.member.goOn();
            } else if (!stall.isWoken) {
                wake(stall);
            }
        }
        stalls.clear();
    }

    private boolean areRead() {
        Set<String> names = joined.stream().map(MemberProcess::name).collect(Collectors.toSet());
        long nowNs = System.nanoTime();
        return log.lastReads().values().stream()
                .allMatch(read ->
                        nowNs - read.atNs() < READS.toNanos() && names.contains(read.member()));
    }

    void leaveAll() {
        joined.stream().filter(MemberProcess::isAlive).forEach(MemberProcess::leave);
    }

    List<String> lateAnswers() {
        return List.copyOf(lateAnswers);
    }

    /** Members of which nobody asked anything special. */
    private List<MemberProcess> steady() {
        Set<MemberProcess> busy =
                stalls.stream().map(stall -> stall.member).collect(Collectors.toSet());
        return joined.stream().filter(each -> !busy.contains(each)).toList();
    }

    private List<MemberProcess> readers() {
        return steady().stream().filter(each -> !readBy(each.name()).isEmpty()).toList();
    }

    private Set<Integer> readBy(String member) {
        long nowNs = System.nanoTime();
        return log.lastReads().entrySet().stream()
                .filter(each -> each.getValue().member().equals(member))
                .filter(each -> nowNs - each.getValue().atNs() < READS.toNanos())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private @Nullable MemberProcess any(List<MemberProcess> of) {
        return of.isEmpty() ? null : of.get(random.nextInt(of.size()));
    }

    private void tell(String what) {
        progress.accept("%s; %d members".formatted(what, joined.size()));
    }
}
