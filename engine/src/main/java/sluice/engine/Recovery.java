package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.MemberMachine.Fenced;
import sluice.log.wal.SegmentBytes;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.WalObject;
import sluice.metadata.WalStore;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;
import sluice.uploader.SegmentPacker.PackedObject;

/**
 * One pass over one dead wal, for all its slots:
 *
 * <pre>
 *   claim (OPEN or FENCING → FENCING, epoch + 1) ──▶ fence every member of every segment
 *     ──▶ decide ──▶ read, pack and put segment after segment ──▶ SEALED
 * </pre>
 *
 * <p>Whatever fails, the pass ends and another one, here or elsewhere, begins again at the claim;
 * what was put and not committed is garbage. The seal is conditional on the claim, so of several
 * recoverers one decides. Owned by the engine's lane.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final int READ_BYTES = 1 << 20;

    private final Lane lane;
    private final Background background;
    private final PeerCalls calls;
    private final WalStore store;
    private final ObjectStore objects;
    private final SegmentPacker packer;
    private final UUID self;
    private final Consumer<Boolean> ended;

    private WalRecord record;
    private long version;
    private final Map<Integer, Map<UUID, Fenced>> answers = new HashMap<>();
    private int waitingFor;
    private final List<WalObject> committed = new ArrayList<>();
    private boolean isEnded;

    /**
     * @param ended told once whether the wal is SEALED
     */
    Recovery(
            Lane lane,
            Background background,
            PeerCalls calls,
            WalStore store,
            ObjectStore objects,
            SegmentPacker packer,
            UUID self,
            Versioned<WalRecord> found,
            Consumer<Boolean> ended) {
        this.lane = lane;
        this.background = background;
        this.calls = calls;
        this.store = store;
        this.objects = objects;
        this.packer = packer;
        this.self = self;
        this.record = found.value();
        this.version = found.version();
        this.ended = ended;
    }

    void start() {
        lane.assertOwner();
        WalRecord claimed = WalChanges.fencing(record, self);
        LOG.atInfo()
                .addKeyValue("wal", record.wal())
                .addKeyValue("node", record.node())
                .addKeyValue("epoch", claimed.epoch())
                .log("recovering a dead wal");
        write(claimed, this::fence);
    }

    private void write(WalRecord target, Runnable then) {
        background.run(
                lane,
                () -> store.replace(target, version),
                outcome -> {
                    if (outcome
                            instanceof Outcome.Success<Written>(Written.Applied(long applied))) {
                        record = target;
                        version = applied;
                        then.run();
                    } else {
                        end(false, "its record was not written: " + outcome);
                    }
                });
    }

    private void fence() {
        // All are counted first: a call to a member that is not in reach ends at once.
        waitingFor = record.chain().stream().mapToInt(segment -> segment.members().size()).sum();
        if (waitingFor == 0) {
            decide();
            return;
        }
        for (Segment segment : record.chain()) {
            for (UUID member : segment.members()) {
                calls.call(
                        member,
                        new CallRequest.Fence(
                                new SegmentId(record.wal(), segment.index()), record.epoch()),
                        CALL_TIMEOUT,
                        outcome -> fenced(segment, member, outcome));
            }
        }
    }

    private void fenced(Segment segment, UUID member, Outcome<CallReply> outcome) {
        if (outcome instanceof Outcome.Success<CallReply>(CallReply.FenceOutcome(var said))) {
            answers.computeIfAbsent(segment.index(), _ -> new HashMap<>()).put(member, said);
        }
        if (--waitingFor == 0) {
            decide();
        }
    }

    private void decide() {
        switch (RecoveryPlan.decide(record, answers)) {
            case RecoveryPlan.Waiting(var why) -> end(false, why);
            case RecoveryPlan.Ready ready -> upload(ready, 0);
        }
    }

    private void upload(RecoveryPlan.Ready plan, int part) {
        if (part == plan.parts().size()) {
            seal(plan);
        } else {
            readFrom(plan, part, 0);
        }
    }

    private void readFrom(RecoveryPlan.Ready plan, int part, int holder) {
        RecoveryPlan.Part wanted = plan.parts().get(part);
        if (holder == wanted.readFrom().size()) {
            end(false, "no member's copy of segment " + wanted.segment() + " could be read");
            return;
        }
        UUID member = wanted.readFrom().get(holder);
        Fenced said = answers.getOrDefault(wanted.segment(), Map.of()).get(member);
        if (!(said instanceof Fenced.Held held)) {
            throw new AssertionError("not a holder: " + member);
        }
        ByteBuffer copy = ByteBuffer.allocate(Math.toIntExact(held.bytes()));
        readMore(
                new SegmentId(record.wal(), wanted.segment()),
                member,
                copy,
                whole -> {
                    if (whole) {
                        pack(plan, part, holder, copy.flip());
                    } else {
                        readFrom(plan, part, holder + 1);
                    }
                });
    }

    private void readMore(SegmentId segment, UUID member, ByteBuffer copy, Consumer<Boolean> then) {
        if (!copy.hasRemaining()) {
            then.accept(true);
            return;
        }
        calls.call(
                member,
                new CallRequest.ReadSegment(
                        segment, copy.position(), Math.min(READ_BYTES, copy.remaining())),
                CALL_TIMEOUT,
                outcome -> {
                    if (outcome
                                    instanceof
                                    Outcome.Success<CallReply>(CallReply.SegmentBytes(var bytes))
                            && bytes.hasRemaining()
                            && bytes.remaining() <= copy.remaining()) {
                        copy.put(bytes);
                        readMore(segment, member, copy, then);
                    } else {
                        then.accept(false);
                    }
                });
    }

    private void pack(RecoveryPlan.Ready plan, int part, int holder, ByteBuffer copy) {
        RecoveryPlan.Part wanted = plan.parts().get(part);
        long nowMs = lane.wallMs();
        background.run(
                lane,
                () -> packed(wanted, copy, nowMs),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<List<PackedObject>>(var packed) ->
                                put(plan, part, packed, 0);
                        case Outcome.Failure<List<PackedObject>>(var error) -> {
                            LOG.atWarn()
                                    .addKeyValue("wal", record.wal())
                                    .addKeyValue("segment", wanted.segment())
                                    .setCause(error)
                                    .log("a copy is not usable; trying another member's");
                            readFrom(plan, part, holder + 1);
                        }
                    }
                });
    }

    private List<PackedObject> packed(RecoveryPlan.Part wanted, ByteBuffer copy, long nowMs) {
        var source = new SegmentSource();
        try {
            SegmentCopy.read(
                    SegmentBytes.of(copy),
                    new SegmentId(record.wal(), wanted.segment()),
                    wanted.end(),
                    source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packer.pack(
                new SegmentPacker.Source(
                        record.wal(), wanted.segment(), wanted.start(), wanted.end()),
                source.entries().iterator(),
                nowMs);
    }

    private void put(RecoveryPlan.Ready plan, int part, List<PackedObject> packed, int object) {
        if (object == packed.size()) {
            upload(plan, part + 1);
            return;
        }
        PackedObject next = packed.get(object);
        background.run(
                lane,
                () -> {
                    objects.put(next.key(), next.object().body());
                    return true;
                },
                outcome -> {
                    if (outcome instanceof Outcome.Failure<Boolean>(var error)) {
                        end(false, "an object was not put: " + error.getMessage());
                    } else {
                        committed.add(next.committed());
                        put(plan, part, packed, object + 1);
                    }
                });
    }

    private void seal(RecoveryPlan.Ready plan) {
        write(
                WalChanges.sealed(record, plan.end(), committed),
                () -> {
                    LOG.atInfo()
                            .addKeyValue("wal", record.wal())
                            .addKeyValue("end", plan.end())
                            .addKeyValue("objects", committed.size())
                            .log("dead wal sealed");
                    end(true, "");
                });
    }

    private void end(boolean sealed, String why) {
        if (isEnded) {
            return;
        }
        isEnded = true;
        if (!sealed) {
            LOG.atWarn()
                    .addKeyValue("wal", record.wal())
                    .addKeyValue("why", why)
                    .log("recovery of a dead wal did not end; it will be tried again");
        }
        ended.accept(sealed);
    }
}
