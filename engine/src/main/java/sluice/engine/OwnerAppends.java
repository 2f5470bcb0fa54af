package sluice.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import sluice.engine.Engine.Acks;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Lane;
import sluice.log.wal.WalEntry;
import sluice.log.wal.WalMachine;

/**
 * The owner's side of an append: from a checked batch to an entry of the wal, and from the entry's
 * commit to the answer and to what readers may see. Owned by the engine's lane.
 *
 * <p>Answers wait in one queue in the order of the wal. Nothing is visible before the high
 * watermark covers it, whatever the acks.
 */
final class OwnerAppends {

    /** Well below what an entry, and a frame that carries one, may have. */
    private static final int BATCH_BYTES_MAX = 16 << 20;

    /** Appends, and their bytes, that may wait for a slot that is handed over. */
    private static final int HELD_MAX = 10_000;

    private static final long HELD_BYTES_MAX = 16L << 20;

    private final Lane lane;
    private final WalMachine wal;
    private final OwnedSlots slots;
    private final EngineLimits limits;
    private final EngineMetrics metrics;
    private final Authority authority;
    private final Runnable admission;
    private final DiskRoom room;
    private final ArrayDeque<PendingAppend> pending = new ArrayDeque<>();

    /** Those of {@link #pending} that are answered by the owner's disk alone. */
    private final ArrayDeque<PendingAppend> ownerAcks = new ArrayDeque<>();

    /** Retries of batches that are in the wal but not committed, by entry. */
    private final Map<Long, List<Repeat>> repeats = new TreeMap<>();

    private record Repeat(long deadlineNs, Consumer<CallReply> answer) {}

    private final Set<PartitionLog> moved = new LinkedHashSet<>();

    /**
     * @param admission throws what a new entry is to be refused with
     */
    OwnerAppends(
            Lane lane,
            WalMachine wal,
            OwnedSlots slots,
            EngineLimits limits,
            EngineMetrics metrics,
            Authority authority,
            Runnable admission,
            DiskRoom room) {
        this.lane = lane;
        this.wal = wal;
        this.slots = slots;
        this.limits = limits;
        this.metrics = metrics;
        this.authority = authority;
        this.admission = admission;
        this.room = room;
    }

    /** Appends a batch that passed {@link RecordBatch#check}; {@code answer} is called once. */
    void append(CallRequest.Append request, Consumer<CallReply> answer) {
        lane.assertOwner();
        Optional<OwnedSlot> closing = closing(request.slot());
        if (closing.isPresent()) {
            hold(closing.get(), request.batch(), () -> append(request, answer), answer);
        } else {
            slots.withLoaded(
                    request.slot(),
                    slot -> appendTo(slot, request, answer),
                    error -> answer.accept(failed(error)));
        }
    }

    private Optional<OwnedSlot> closing(int slot) {
        return slots.get(slot).filter(each -> each.isClosing);
    }

    /** It waits for what becomes of the slot, so that it keeps its place among others. */
    private static void hold(
            OwnedSlot slot, ByteBuffer batch, Runnable again, Consumer<CallReply> answer) {
        int bytes = batch.remaining();
        if (slot.held.size() >= HELD_MAX || slot.heldBytes + bytes > HELD_BYTES_MAX) {
            answer.accept(failed(isMoving(slot)));
            return;
        }
        slot.held.addLast(new OwnedSlot.Held(again, answer));
        slot.heldBytes += bytes;
    }

    private static SluiceException isMoving(OwnedSlot slot) {
        return new SluiceException(
                SluiceException.Kind.OVERLOADED,
                "slot-moving",
                "slot "
                        + slot.slot
                        + " is handed over to another gateway, which takes longer than it should; retry after a pause");
    }

    /** The slot stays here after all: what waited goes on. */
    void reopen(OwnedSlot slot) {
        lane.assertOwner();
        slot.isClosing = false;
        var held = List.copyOf(slot.held);
        forgetHeld(slot);
        held.forEach(each -> each.again().run());
    }

    /** The slot is another's: what waited goes there, and readers come again. */
    void released(OwnedSlot slot) {
        lane.assertOwner();
        var held = List.copyOf(slot.held);
        forgetHeld(slot);
        held.forEach(each -> each.answer().accept(failed(OwnedSlots.notOwner(slot.slot))));
        for (PartitionLog log : slot.partitions.values()) {
            wakeReaders(log);
        }
    }

    /** Lets nobody wait any longer for a slot of which it is not known whose it is. */
    void refuseHeld(OwnedSlot slot) {
        var held = List.copyOf(slot.held);
        forgetHeld(slot);
        held.forEach(each -> each.answer().accept(failed(isMoving(slot))));
    }

    private static void forgetHeld(OwnedSlot slot) {
        slot.held.clear();
        slot.heldBytes = 0;
    }

    private void appendTo(OwnedSlot slot, CallRequest.Append request, Consumer<CallReply> answer) {
        if (slot.isClosing) {
            hold(slot, request.batch(), () -> append(request, answer), answer);
            return;
        }
        try {
            admit(request.batch());
            PartitionLog log = slots.partition(slot, request.partition());
            Optional<Producers.Range> earlier;
            try {
                earlier = log.producers.check(request.batch());
            } catch (SluiceException refusal) {
                authority.confirm(
                        () -> answer.accept(failed(refusal)),
                        error -> answer.accept(failed(error)));
                return;
            }
            if (earlier.isPresent()) {
                answerDuplicate(earlier.get(), request.acks(), answer);
            } else {
                write(log, request.retention(), request.acks(), request.batch(), answer);
            }
        } catch (SluiceException e) {
            answer.accept(failed(e));
        }
    }

    /**
     * Appends to a queue's state log, where whoever wrote it believes it to end. While the slot is
     * handed over it waits as other appends do; if the slot goes, it is refused, and who wrote it
     * has no queue here any more.
     */
    void appendState(CallRequest.AppendState request, Consumer<CallReply> answer) {
        lane.assertOwner();
        Optional<OwnedSlot> closing = closing(request.slot());
        if (closing.isPresent()) {
            hold(closing.get(), request.batch(), () -> appendState(request, answer), answer);
        } else {
            slots.withLoaded(
                    request.slot(),
                    slot -> appendStateTo(slot, request, answer),
                    error -> answer.accept(failed(error)));
        }
    }

    private void appendStateTo(
            OwnedSlot slot, CallRequest.AppendState request, Consumer<CallReply> answer) {
        if (slot.isClosing) {
            hold(slot, request.batch(), () -> appendState(request, answer), answer);
            return;
        }
        try {
            admit(request.batch());
            PartitionLog log = slots.partition(slot, request.partition());
            if (log.nextOffset != request.expectedOffset()) {
                throw stateMoved(request, log);
            }
            write(log, request.retention(), Acks.ALL, request.batch(), answer);
        } catch (SluiceException e) {
            answer.accept(failed(e));
        }
    }

    private static SluiceException stateMoved(CallRequest.AppendState request, PartitionLog log) {
        return new SluiceException(
                SluiceException.Kind.CONFLICT,
                "state-moved",
                "a queue's state log ends elsewhere than its writer believed: expected=%d next=%d; it is to be read anew"
                        .formatted(request.expectedOffset(), log.nextOffset));
    }

    private void admit(ByteBuffer batch) {
        if (wal.isStopped()) {
            throw new SluiceException(
                    SluiceException.Kind.FENCED,
                    "not-owner",
                    "this gateway lost its wal and takes no more records; ask another gateway");
        }
        if (batch.remaining() > BATCH_BYTES_MAX) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "batch-too-large",
                    "a batch must fit a frame between gateways: bytes=%d max=%d; send smaller batches"
                            .formatted(batch.remaining(), BATCH_BYTES_MAX));
        }
        if (!wal.hasRoom(batch.remaining())) {
            metrics.refused();
            throw new SluiceException(
                    SluiceException.Kind.OVERLOADED,
                    "too-much-unacknowledged",
                    "too many bytes wait for the disks of this wal's members: unacknowledgedBytes=%d max=%d; retry after a pause"
                            .formatted(wal.unackedBytes(), limits.wal().unackedBytesMax()));
        }
        if (room.isFull()) {
            metrics.refused();
            room.check();
        }
        slots.checkRoom();
        admission.run();
    }

    private void answerDuplicate(Producers.Range earlier, Acks acks, Consumer<CallReply> answer) {
        var reply = new CallReply.Appended(earlier.baseOffset(), true);
        if (acks == Acks.NONE || earlier.entry() < wal.hwm()) {
            answer.accept(reply);
        } else {
            long deadlineNs = lane.nowNs() + limits.ackTimeout().toNanos();
            repeats.computeIfAbsent(earlier.entry(), _ -> new ArrayList<>())
                    .add(new Repeat(deadlineNs, answer));
        }
    }

    private void write(
            PartitionLog log,
            byte retention,
            Acks acks,
            ByteBuffer batch,
            Consumer<CallReply> answer) {
        int offsets = RecordBatch.lastOffsetDelta(batch, batch.position()) + 1;
        long base = log.nextOffset;
        long next = Math.addExact(base, offsets);
        RecordBatch.setBaseOffset(batch, batch.position(), base);
        RecordBatch.setLeaderEpoch(batch, batch.position(), (int) log.slot.epoch);
        long nowNs = lane.nowNs();
        long wallMs = lane.wallMs();
        long sequence =
                wal.append(
                        WalEntry.BATCH,
                        retention,
                        log.slot.slot,
                        (int) log.slot.epoch,
                        log.id.topicId(),
                        log.id.index(),
                        offsets,
                        base,
                        batch,
                        nowNs,
                        wallMs);
        log.nextOffset = next;
        log.slot.lastEntry = sequence;
        log.producers.appended(batch, base, sequence, wallMs);
        var entry =
                new PendingAppend(
                        sequence,
                        log,
                        base,
                        next,
                        nowNs + limits.ackTimeout().toNanos(),
                        acks == Acks.NONE ? null : answer);
        pending.addLast(entry);
        if (acks == Acks.OWNER) {
            ownerAcks.addLast(entry);
        } else if (acks == Acks.NONE) {
            answer.accept(new CallReply.Appended(-1, false));
        }
    }

    /** From the wal: the next entry is on all members' disks. */
    void entryCommitted(long sequence, int segment, long position, int bytes) {
        PendingAppend done = pending.removeFirst();
        assert done.sequence == sequence : "expected=" + done.sequence + " got=" + sequence;
        done.log.tail.add(done.baseOffset, done.nextOffset, segment, position, bytes);
        slots.tailGrew();
        if (!done.log.waiting.isEmpty()) {
            moved.add(done.log);
        }
        done.answerOnce(new CallReply.Appended(done.baseOffset, false));
        List<Repeat> repeated = repeats.remove(sequence);
        if (repeated != null) {
            repeated.forEach(
                    each -> each.answer().accept(new CallReply.Appended(done.baseOffset, true)));
        }
    }

    /** From the wal, after the entries: wakes readers, once for many entries. */
    void committed() {
        moved.forEach(OwnerAppends::wakeReaders);
        moved.clear();
        while (!ownerAcks.isEmpty() && ownerAcks.getFirst().sequence < wal.hwm()) {
            ownerAcks.removeFirst();
        }
    }

    private static void wakeReaders(PartitionLog log) {
        var waiting = List.copyOf(log.waiting);
        log.waiting.clear();
        waiting.forEach(Runnable::run);
    }

    /** From the wal: all entries below {@code end} are on this gateway's own disk. */
    void ownerDurable(long end) {
        while (!ownerAcks.isEmpty() && ownerAcks.getFirst().sequence < end) {
            PendingAppend done = ownerAcks.removeFirst();
            done.answerOnce(new CallReply.Appended(done.baseOffset, false));
        }
    }

    /** Tells callers who waited too long that the outcome is unknown; the entries stay. */
    void expire(long nowNs) {
        for (PendingAppend each : pending) {
            if (nowNs - each.deadlineNs < 0) {
                break; // In the order of appending: the later ones have more time.
            }
            each.answerOnce(ackTimeout());
        }
        answerRepeats(each -> nowNs - each.deadlineNs() >= 0, ackTimeout());
    }

    private static CallReply.Failed ackTimeout() {
        return failed(
                new SluiceException(
                        SluiceException.Kind.UNKNOWN_OUTCOME,
                        "ack-timeout",
                        "not all members of the wal segment answered in time; the records may still be committed: retry with the same producer sequence or idempotency key"));
    }

    private void answerRepeats(Predicate<Repeat> which, CallReply reply) {
        var answered = new ArrayList<Repeat>();
        for (List<Repeat> waiting : repeats.values()) {
            waiting.stream().filter(which).forEach(answered::add);
            waiting.removeIf(which);
        }
        repeats.values().removeIf(List::isEmpty);
        answered.forEach(each -> each.answer().accept(reply));
    }

    /** The wal is lost: nobody here will ever know. */
    void fail(String why) {
        CallReply.Failed unknown =
                failed(new SluiceException(SluiceException.Kind.UNKNOWN_OUTCOME, "wal-lost", why));
        for (PendingAppend each : pending) {
            each.answerOnce(unknown);
        }
        answerRepeats(_ -> true, unknown);
    }

    static CallReply.Failed failed(SluiceException error) {
        String message = error.getMessage();
        return new CallReply.Failed(
                error.kind(), error.code(), message == null ? error.code() : message);
    }
}
