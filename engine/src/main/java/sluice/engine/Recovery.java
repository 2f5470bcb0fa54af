package sluice.engine;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.WalObject;
import sluice.metadata.WalStore;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;

/**
 * One pass over one dead wal, for all its slots:
 *
 * <pre>
 *   claim (OPEN or FENCING → FENCING, epoch + 1) ──▶ fence every member of every segment
 *     ({@link FenceRound}) ──▶ decide ({@link RecoveryPlan}) ──▶ read, pack and put segment after
 *     segment ({@link TailUpload}) ──▶ SEALED
 * </pre>
 *
 * <p>Whatever fails, the pass ends and another one, here or elsewhere, begins again at the claim;
 * what was put and not committed is garbage. The seal is conditional on the claim, so of several
 * recoverers one decides. Owned by the engine's lane.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

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
        new FenceRound(lane, calls, record, false, this::decided).start();
    }

    private void decided(RecoveryPlan plan, FenceRound.Answers answers) {
        switch (plan) {
            case RecoveryPlan.Waiting(var why) -> end(false, why);
            case RecoveryPlan.Differing(var why) -> {
                LOG.atError()
                        .addKeyValue("wal", record.wal())
                        .addKeyValue("why", why)
                        .log("copies of a dead wal differ; it is not recovered");
                end(false, why);
            }
            case RecoveryPlan.Ready ready -> upload(ready, answers);
        }
    }

    private void upload(RecoveryPlan.Ready plan, FenceRound.Answers answers) {
        new TailUpload(
                        lane,
                        background,
                        new CopyReader(calls),
                        objects,
                        packer,
                        record,
                        plan,
                        answers,
                        new TailUpload.Done() {
                            @Override
                            public void uploaded(List<WalObject> put) {
                                seal(plan, put);
                            }

                            @Override
                            public void failed(String why) {
                                end(false, why);
                            }
                        })
                .start();
    }

    private void seal(RecoveryPlan.Ready plan, List<WalObject> put) {
        write(
                WalChanges.sealed(record, plan.end(), put),
                () -> {
                    LOG.atInfo()
                            .addKeyValue("wal", record.wal())
                            .addKeyValue("end", plan.end())
                            .addKeyValue("objects", put.size())
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
