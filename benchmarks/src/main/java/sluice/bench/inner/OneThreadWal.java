package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import sluice.log.lane.Lane;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.WalEntry;
import sluice.log.wal.WalFrame;
import sluice.log.wal.WalMachine;
import sluice.log.wal.WalOutput;

/** A wal's owner and its members on the caller's thread, with disks that forget and no network. */
final class OneThreadWal {

    private static final UUID OWNER = new UUID(1, 0);

    /** So that nothing is ever rolled, slow or full. */
    private static final WalMachine.Limits UNLIMITED =
            new WalMachine.Limits(
                    Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);

    private final WalMachine owner;
    private final Map<UUID, MemberMachine> members = new LinkedHashMap<>();
    private final ArrayDeque<Sent> toMembers = new ArrayDeque<>();
    private final ArrayDeque<Sent> toOwner = new ArrayDeque<>();
    private long nextOffset;

    private record Sent(UUID member, ByteBuffer frame) {}

    OneThreadWal(int memberCount) {
        var disks = new ArrayList<UUID>();
        for (int i = 0; i < memberCount; i++) {
            UUID disk = new UUID(2, i);
            disks.add(disk);
            members.put(
                    disk,
                    new MemberMachine(
                            new CallersLane(),
                            new ForgetfulDisk(disk),
                            new CaughtFrames(frame -> toOwner.add(new Sent(disk, frame))),
                            new MemberMachine.Limits(Duration.ZERO, 1, Long.MAX_VALUE, 0),
                            (segment, cause) -> {
                                throw new IllegalStateException("" + segment, cause);
                            }));
        }
        owner = new WalMachine(new UUID(3, 0), disks.getFirst(), UNLIMITED, new Output());
        owner.open(0, disks, 0, 0);
        deliver();
    }

    /**
     * Appends a batch as an entry of its own.
     *
     * @return the high watermark, which covers it
     */
    long append(ByteBuffer batch) {
        long sequence =
                owner.append(WalEntry.BATCH, (byte) 0, 1, 1, 1, 0, 1, nextOffset++, batch, 0, 0);
        owner.flush();
        deliver();
        if (owner.hwm() != sequence + 1) {
            throw new IllegalStateException("not committed: sequence=" + sequence + " " + owner);
        }
        return owner.hwm();
    }

    private void deliver() {
        for (Sent sent = toMembers.poll(); sent != null; sent = toMembers.poll()) {
            MemberMachine member = Objects.requireNonNull(members.get(sent.member()));
            member.received(OWNER, WalFrame.decode(sent.frame()));
        }
        for (Sent sent = toOwner.poll(); sent != null; sent = toOwner.poll()) {
            owner.received(sent.member(), WalFrame.decode(sent.frame()));
        }
    }

    private final class Output implements WalOutput {
        @Override
        public boolean send(UUID member, ByteBuffer... frame) {
            return toMembers.add(new Sent(member, InnerBytes.joined(List.of(frame))));
        }

        @Override
        public void entryCommitted(long sequence, int segment, long position, int bytes) {}

        @Override
        public void committed(long hwm) {}

        @Override
        public void ownerDurable(long end) {}

        @Override
        public void memberDurable(UUID member, long end) {}

        @Override
        public void rolled(int oldIndex, int nextIndex, long end) {}

        @Override
        public void fenced() {
            throw new IllegalStateException("nobody fences this wal");
        }
    }

    /** Whoever calls owns it, and time stands still. */
    private static final class CallersLane implements Lane {
        @Override
        public boolean offer(Runnable task) {
            task.run();
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new IllegalStateException("nothing waits here: delay=" + delay);
        }

        @Override
        public void assertOwner() {}

        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public long wallMs() {
            return 0;
        }
    }
}
