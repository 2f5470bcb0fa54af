package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.log.wal.memory.MemoryWalDisk;

/** One member with its disk, whose syncs end when the test says so. */
final class MemberBench {

    static final UUID OWNER = new UUID(0, 1);
    static final SegmentId SEGMENT = new SegmentId(new UUID(7, 7), 0);
    static final Duration SYNC_DELAY = Duration.ofMillis(1);
    static final int SYNC_BYTES = 1_000;
    static final MemberMachine.Limits LIMITS =
            new MemberMachine.Limits(SYNC_DELAY, SYNC_BYTES, 4_096, 1_000_000);

    final RecordingTransport transport = new RecordingTransport();
    final List<SegmentId> failures = new ArrayList<>();
    MemoryWalDisk disk;

    /** Ends of syncs that the disk has begun. */
    final ArrayDeque<Runnable> syncs = new ArrayDeque<>();

    private final VirtualTime time = new VirtualTime(1);
    private VirtualTime.Scope process;
    private Lane lane;
    private MemberMachine machine;

    MemberBench() {
        disk = new MemoryWalDisk(new UUID(1, 1), syncs::add);
        process = time.scope("member");
        lane = process.lane("member");
        machine = newMachine();
    }

    private MemberMachine newMachine() {
        return new MemberMachine(
                lane,
                new OneSyncAtATime(disk),
                transport,
                LIMITS,
                (segment, cause) -> failures.add(segment));
    }

    /** Holds the member to its contract: at most one sync of a segment is in flight. */
    private static final class OneSyncAtATime extends ForwardingWalDisk {
        private final Set<SegmentId> inFlight = new HashSet<>();

        OneSyncAtATime(WalDisk disk) {
            super(disk);
        }

        @Override
        public void sync(SegmentId segment, SyncDone done) {
            assertTrue(inFlight.add(segment), "two syncs at once: segment=" + segment);
            super.sync(
                    segment,
                    error -> {
                        inFlight.remove(segment);
                        done.done(error);
                    });
        }
    }

    /** Another process on the same disk. */
    void restart() {
        process.kill();
        syncs.clear();
        disk = disk.reopen(syncs::add);
        process = time.scope("member again");
        lane = process.lane("member");
        machine = newMachine();
    }

    void powerCut() {
        disk.powerCut();
        restart();
    }

    void runFor(Duration duration) {
        time.runFor(duration);
    }

    private void onLane(Runnable task) {
        lane.execute(task);
        runFor(Duration.ofNanos(50_000));
    }

    void receive(UUID owner, WalFrame frame) {
        WalFrame arrived = WalFrame.decode(EntryChain.join(frame.encode()));
        onLane(() -> machine.received(owner, arrived));
    }

    void open() {
        receive(OWNER, new WalFrame.Open(SEGMENT, 0, WalEntry.FIRST_HASH, 1));
    }

    void append(long first, ByteBuffer entries) {
        receive(OWNER, new WalFrame.Append(SEGMENT, first, entries));
    }

    void disconnected(UUID owner) {
        onLane(() -> machine.disconnected(owner));
    }

    void trim() {
        onLane(() -> machine.trim(SEGMENT));
    }

    /** Asks for a fence; answers are added to the list as they come. */
    List<Fenced> fencing(long epoch) {
        List<Fenced> answers = new ArrayList<>();
        onLane(() -> machine.fence(SEGMENT, epoch, answers::add));
        return answers;
    }

    /** The answer to a fence whose syncs end at once. */
    Fenced fence(long epoch) {
        List<Fenced> answers = fencing(epoch);
        endSyncs();
        assertEquals(1, answers.size());
        return answers.getFirst();
    }

    /** Ends all syncs that have begun, and those that begin because of it. */
    void endSyncs() {
        do {
            while (!syncs.isEmpty()) {
                syncs.remove().run();
            }
            runFor(SYNC_DELAY.multipliedBy(2));
        } while (!syncs.isEmpty());
    }

    List<WalFrame> answers() {
        return transport.take().stream().map(RecordingTransport.Sent::frame).toList();
    }

    boolean isFenced() {
        try {
            return disk.fence(SEGMENT).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
