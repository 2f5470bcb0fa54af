package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Remembers what a {@link WalMachine} asked for, in order. */
final class RecordingOutput implements WalOutput {

    record Sent(UUID to, WalFrame frame) {}

    record Committed(long sequence, int segment, long position, int bytes) {}

    final List<Sent> sent = new ArrayList<>();
    final List<Committed> entries = new ArrayList<>();
    final Set<UUID> unreachable = new HashSet<>();

    /** All but frames and entries, as words. */
    final List<String> events = new ArrayList<>();

    @Override
    public boolean send(UUID member, ByteBuffer... frame) {
        if (unreachable.contains(member)) {
            return false;
        }
        sent.add(new Sent(member, WalFrame.decode(EntryChain.join(frame))));
        return true;
    }

    @Override
    public void entryCommitted(long sequence, int segment, long position, int bytes) {
        entries.add(new Committed(sequence, segment, position, bytes));
    }

    @Override
    public void committed(long hwm) {
        events.add("committed " + hwm);
    }

    @Override
    public void ownerDurable(long end) {
        events.add("ownerDurable " + end);
    }

    @Override
    public void memberDurable(UUID member, long end) {}

    @Override
    public void rolled(int oldIndex, int nextIndex, long end) {
        events.add("rolled %d to %d at %d".formatted(oldIndex, nextIndex, end));
    }

    @Override
    public void fenced() {
        events.add("fenced");
    }

    /** Frames sent to a member, all of them if {@code segment} is negative. */
    List<WalFrame> framesTo(UUID member, int segment) {
        return sent.stream()
                .filter(one -> one.to().equals(member))
                .map(Sent::frame)
                .filter(frame -> segment < 0 || frame.segment().index() == segment)
                .toList();
    }

    /** The bytes of all entries sent to a member in a segment, as its file would hold them. */
    ByteBuffer entriesTo(UUID member, int segment) {
        return EntryChain.join(
                framesTo(member, segment).stream()
                        .filter(frame -> frame instanceof WalFrame.Append)
                        .map(frame -> ((WalFrame.Append) frame).entries())
                        .toArray(ByteBuffer[]::new));
    }
}
