package sluice.log.wal.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.log.wal.Fenced;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.WalEntry;
import sluice.log.wal.protocol.Ledger.Recovered;
import sluice.log.wal.protocol.WalChain.Link;
import sluice.log.wal.protocol.WalChain.SegmentPhase;

/**
 * The rule of recovery, as plainly as it can be said: take a new epoch, then read the chain; fence
 * the members of every open and prepared segment; where one that answers knows, take the longest
 * end; a prepared segment that was begun ends the one before at its own start; seal under the
 * epoch.
 */
final class WalRecoverer {

    private static final Delay CALL = Delay.ofMicros(100, 4_000);
    private static final Duration ROUND = Duration.ofMillis(6);

    private final WalWorld world;
    private final VirtualTime.Scope process;
    private final Lane lane;

    /** With fewer answers than all that can come, it goes on after so many rounds. */
    private final int roundsMin;

    private long epoch;
    private List<Link> links = List.of();
    private final Map<Integer, Map<UUID, Fenced>> answers = new HashMap<>();
    private int rounds;
    private boolean done;

    WalRecoverer(WalWorld world, String name) {
        this.world = world;
        this.process = world.time.scope(name);
        this.lane = process.lane("lane");
        this.roundsMin = world.everyCopyIsAsked() ? Integer.MAX_VALUE : world.dice.nextInt(4);
        lane.execute(this::begin);
    }

    @Override
    public String toString() {
        return "%s done=%s epoch=%d rounds=%d answers=%s"
                .formatted(process.name(), isDone(), epoch, rounds, answers);
    }

    VirtualTime.Scope process() {
        return process;
    }

    boolean isDone() {
        return done || process.isKilled();
    }

    private void begin() {
        OptionalLong taken = world.chain.beginFencing();
        if (taken.isEmpty()) {
            done = true;
            return;
        }
        epoch = taken.getAsLong();
        // What was read before the epoch was taken could miss a segment that was begun since.
        lane.schedule(CALL.draw(world.dice), this::readChain);
    }

    private void readChain() {
        links = world.chain.links();
        round();
    }

    private List<Link> unsealed() {
        return links.stream()
                .filter(link -> link.phase() != SegmentPhase.SEALED)
                .filter(link ->
                        world.breakage != Breakage.PREPARED_NOT_FENCED
                                || link.phase() == SegmentPhase.OPEN)
                .toList();
    }

    private Map<UUID, Fenced> answersOf(Link link) {
        return answers.computeIfAbsent(link.index(), index -> new HashMap<>());
    }

    private void round() {
        if (done) {
            return;
        }
        if (isEnough()) {
            if (recover()) {
                return;
            }
            answers.clear(); // A copy that was told of is gone: ask all again.
        }
        for (Link link : unsealed()) {
            for (UUID disk : link.members()) {
                if (!(answersOf(link).get(disk) instanceof Fenced.Held)) {
                    ask(link, disk);
                }
            }
        }
        rounds++;
        lane.schedule(ROUND, this::round);
    }

    private void ask(Link link, UUID disk) {
        process.schedule(
                CALL.draw(world.dice),
                () -> {
                    Optional<WalNode> node = world.node(disk);
                    if (node.isEmpty() || !node.get().isUp() || world.dice.nextInt(3) == 0) {
                        return;
                    }
                    node.get()
                            .fence(
                                    WalWorld.segment(link.index()),
                                    epoch,
                                    answer -> answered(link, disk, answer));
                });
    }

    private void answered(Link link, UUID disk, Fenced answer) {
        process.schedule(
                CALL.draw(world.dice),
                () ->
                        lane.execute(() -> {
                            count(answer);
                            answersOf(link).merge(disk, read(answer), WalRecoverer::better);
                        }));
    }

    private void count(Fenced answer) {
        switch (answer) {
            case Fenced.Held _ -> {}
            case Fenced.NeverHeld _ -> world.coverage.count(Coverage.Of.NEVER_HELD_ANSWERS);
            case Fenced.Unknown _ -> world.coverage.count(Coverage.Of.UNKNOWN_ANSWERS);
        }
    }

    private Fenced read(Fenced answer) {
        return world.breakage == Breakage.DAMAGE_READ_AS_EMPTY && answer instanceof Fenced.Unknown
                ? new Fenced.NeverHeld()
                : answer;
    }

    /** Who was asked twice may have told less at the second time; once told holds. */
    private static Fenced better(Fenced before, Fenced now) {
        return before instanceof Fenced.Unknown ? now : before;
    }

    /** One that knows is enough for each segment; it waits a while for the others. */
    private boolean isEnough() {
        for (Link link : unsealed()) {
            if (answersOf(link).values().stream().allMatch(a -> a instanceof Fenced.Unknown)) {
                return false;
            }
        }
        return rounds >= roundsMin || allAnswered();
    }

    private boolean allAnswered() {
        return unsealed().stream()
                .allMatch(link ->
                        link.members().stream()
                                .allMatch(disk ->
                                        hasSaidAllItKnows(disk, answersOf(link).get(disk))));
    }

    private boolean hasSaidAllItKnows(UUID disk, @Nullable Fenced answer) {
        return world.node(disk).map(node -> node.damaged && answer != null).orElse(true)
                || answer instanceof Fenced.Held
                || answer instanceof Fenced.NeverHeld;
    }

    private static Stream<Fenced.Held> heldIn(Map<UUID, Fenced> told) {
        return told.values().stream()
                .filter(answer -> answer instanceof Fenced.Held)
                .map(answer -> (Fenced.Held) answer);
    }

    /** The copy that counts; none if all who know say that they never had the segment. */
    private Optional<Fenced.Held> best(Link link) {
        Comparator<Fenced.Held> byEnd = Comparator.comparingLong(Fenced.Held::end);
        Stream<Fenced.Held> held = heldIn(answersOf(link));
        return world.breakage == Breakage.SHORTEST_END ? held.min(byEnd) : held.max(byEnd);
    }

    /** False if bytes could not be read now; another round may reach other copies. */
    private boolean recover() {
        if (!world.chain.maySeal(epoch)) {
            // It does not know it yet, but its write would be refused: what it is told now may be
            // of segments that were trimmed since, and proves nothing.
            done = true;
            world.coverage.count(Coverage.Of.RECOVERERS_THAT_LOST);
            return true;
        }
        List<Recovered> log = new ArrayList<>();
        long cutAt = Long.MAX_VALUE;
        boolean begun = false;
        boolean entriesCut = false;
        for (Link link : unsealed().reversed()) {
            Optional<Fenced.Held> held = best(link);
            if (link.phase() == SegmentPhase.PREPARED && held.isPresent()) {
                cutAt = held.get().start();
                begun = true;
            }
        }
        for (Link link : links) {
            Optional<Fenced.Held> held = best(link);
            long end =
                    switch (link.phase()) {
                        case SEALED -> link.end();
                        case OPEN -> held.map(Fenced.Held::end).orElse(link.start());
                        case PREPARED -> held.map(Fenced.Held::end).orElse(-1L);
                    };
            if (link.phase() == SegmentPhase.OPEN && begun) {
                world.ledger.check(end >= cutAt, "segment ends before the next: " + link);
                if (world.breakage != Breakage.PREDECESSOR_NOT_CUT) {
                    entriesCut = end > cutAt;
                    end = cutAt;
                }
            }
            if (end > log.size() && !readInto(log, link, end)) {
                return false;
            }
        }
        boolean preparedBegun = begun;
        boolean someCut = entriesCut;
        done = true;
        process.schedule(
                CALL.draw(world.dice), () -> lane.execute(() -> seal(log, preparedBegun, someCut)));
        return true;
    }

    private void seal(List<Recovered> log, boolean preparedBegun, boolean entriesCut) {
        if (!world.chain.seal(epoch)) {
            world.coverage.count(Coverage.Of.RECOVERERS_THAT_LOST);
            return;
        }
        world.coverage.count(Coverage.Of.RECOVERIES);
        if (preparedBegun) {
            world.coverage.count(Coverage.Of.RECOVERIES_WITH_PREPARED_BEGUN);
        }
        if (entriesCut) {
            world.coverage.count(Coverage.Of.RECOVERIES_CUTTING_ENTRIES);
        }
        if (!allAnswered()) {
            world.coverage.count(Coverage.Of.RECOVERIES_FROM_FEWER_THAN_ALL);
        }
        world.sealed(log);
    }

    /** Adds the entries of a segment below {@code end}, from any member that has them. */
    private boolean readInto(List<Recovered> log, Link link, long end) {
        for (UUID disk : link.members()) {
            Optional<WalNode> node = world.node(disk);
            if (node.isEmpty() || !node.get().isUp()) {
                continue;
            }
            List<Recovered> entries = new ArrayList<>();
            try {
                SegmentCopy.read(
                        node.get().disk(),
                        WalWorld.segment(link.index()),
                        end,
                        (source, at, position) ->
                                entries.add(
                                        new Recovered(link.index(), position, copyOf(source, at))));
            } catch (IOException | SluiceException e) {
                continue;
            }
            world.ledger.check(
                    end - entries.size() == log.size(),
                    "%s has entries %d to %d, but the log is at %d"
                            .formatted(link, end - entries.size(), end, log.size()));
            log.addAll(entries);
            return true;
        }
        return false;
    }

    private static ByteBuffer copyOf(ByteBuffer source, int at) {
        return ByteBuffer.allocate(WalEntry.length(source, at))
                .put(source.slice(at, WalEntry.length(source, at)))
                .flip();
    }
}
