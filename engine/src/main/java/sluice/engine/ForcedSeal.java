package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.peer.PeerCalls;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.Fenced;
import sluice.log.wal.SegmentBytes;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Loss;
import sluice.metadata.WalRecord.WalObject;
import sluice.metadata.WalStore;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;

/**
 * An operator's way out when the members of a dead wal do not come back: seals it with what is left
 * ({@link ForcedPlan}), and writes down what was given up.
 *
 * <pre>
 *   read ──▶ claim (epoch + 1) ──▶ fence, all answers awaited ──▶ read damaged copies as far as they go
 *     ──▶ told, and no more, unless the loss is accepted ──▶ read, pack and put ──▶ SEALED with the loss
 * </pre>
 *
 * <p>It is refused while the ordinary way is open: if the wal's own process is alive, or if the
 * members' answers decide. Owned by the engine's lane.
 */
final class ForcedSeal {

    private static final Logger LOG = LoggerFactory.getLogger(ForcedSeal.class);

    /** Other gateways try the ordinary way meanwhile, and claim the wal too. */
    private static final int CLAIMS_MAX = 5;

    private static final int COPY_BYTES_MAX = 1 << 30;

    /** What the ways of a recoverer are made of. */
    record Tools(
            Lane lane,
            Background background,
            PeerCalls calls,
            WalStore store,
            ObjectStore objects,
            SegmentPacker packer,
            Membership membership) {}

    /**
     * What was asked for.
     *
     * @param acceptLoss false: the loss is told, and nothing is sealed
     */
    record Request(UUID wal, String reason, boolean acceptLoss) {}

    /** What would be lost, or was. */
    record Told(boolean sealed, Loss loss) {
        Engine.ForcedEnd toEnd(UUID wal) {
            return new Engine.ForcedEnd(
                    wal, sealed, loss.end(), loss.committedEnd(), loss.silent());
        }
    }

    private final Tools tools;
    private final Lane lane;
    private final Request request;
    private final Consumer<Outcome<Told>> done;
    private final CopyReader reader;
    private int claims;

    /**
     * @param done told once, on the lane. Refusals: NOT_FOUND {@code unknown-wal}; CONFLICT {@code
     *     wal-alive}, {@code wal-sealed}, {@code wal-recoverable}, {@code wal-copies-differ};
     *     UNAVAILABLE {@code wal-claimed} if others claimed it all the time
     */
    ForcedSeal(Tools tools, Request request, Consumer<Outcome<Told>> done) {
        this.tools = tools;
        this.lane = tools.lane();
        this.request = request;
        this.done = done;
        this.reader = new CopyReader(tools.calls());
    }

    void start() {
        lane.assertOwner();
        tools.background()
                .run(
                        lane,
                        () -> tools.store().get(request.wal()),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Failure<Optional<Versioned<WalRecord>>>(var error) ->
                                        done.accept(new Outcome.Failure<>(error));
                                case Outcome.Success<Optional<Versioned<WalRecord>>>(var found) ->
                                        found.ifPresentOrElse(
                                                this::claim,
                                                () ->
                                                        refuse(
                                                                Kind.NOT_FOUND,
                                                                "unknown-wal",
                                                                "there is no such wal"));
                            }
                        });
    }

    private void claim(Versioned<WalRecord> found) {
        WalRecord record = found.value();
        switch (record.state()) {
            case SEALED, RELEASED ->
                    refuse(Kind.CONFLICT, "wal-sealed", "the wal is sealed already");
            case OPEN, FENCING -> {
                if (record.state() == WalRecord.State.OPEN
                        && tools.membership().isAlive(record.node(), record.wal())) {
                    refuse(
                            Kind.CONFLICT,
                            "wal-alive",
                            "the wal's gateway is alive: node=%s; stop it, and it seals the wal itself"
                                    .formatted(record.node()));
                    return;
                }
                WalRecord claimed = WalChanges.fencing(record, tools.membership().self());
                write(claimed, found.version(), version -> fence(claimed, version));
            }
        }
    }

    private void write(WalRecord target, long version, Consumer<Long> then) {
        tools.background()
                .run(
                        lane,
                        () -> tools.store().replace(target, version),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Success<Written>(Written.Applied(long applied)) ->
                                        then.accept(applied);
                                case Outcome.Success<Written>(Written.Conflict()) -> startAgain();
                                case Outcome.Failure<Written>(var error) ->
                                        done.accept(new Outcome.Failure<>(error));
                            }
                        });
    }

    private void startAgain() {
        if (++claims < CLAIMS_MAX) {
            start();
        } else {
            refuse(
                    Kind.UNAVAILABLE,
                    "wal-claimed",
                    "other gateways claimed the wal meanwhile; repeat the request");
        }
    }

    private void refuse(Kind kind, String code, String message) {
        done.accept(
                new Outcome.Failure<>(
                        new SluiceException(kind, code, message + ": wal=" + request.wal())));
    }

    private void fence(WalRecord record, long version) {
        new FenceRound(
                        lane,
                        tools.calls(),
                        record,
                        true,
                        (plan, answers) -> {
                            switch (plan) {
                                case RecoveryPlan.Ready _ ->
                                        refuse(
                                                Kind.CONFLICT,
                                                "wal-recoverable",
                                                "enough members answer: the wal is recovered without loss, within seconds");
                                case RecoveryPlan.Differing(var why) ->
                                        refuse(
                                                Kind.CONFLICT,
                                                ChainCheck.DIFFER,
                                                why
                                                        + "; stop the gateway whose disk is wrong, and the others' copies are used");
                                case RecoveryPlan.Waiting _ -> salvage(record, version, answers);
                            }
                        })
                .start();
    }

    /** Reads copies that cannot tell where the segment ends, as far as they are whole. */
    private void salvage(WalRecord record, long version, FenceRound.Answers answers) {
        Map<Integer, Map<UUID, Fenced>> known = new HashMap<>();
        var damaged = new ArrayList<Runnable>();
        var left = new int[1];
        answers.bySegment()
                .forEach((index, said) -> {
                    Map<UUID, Fenced> mutable = new HashMap<>(said);
                    known.put(index, mutable);
                    said.forEach((member, each) -> {
                        if (each instanceof Fenced.Unknown) {
                            damaged.add(() ->
                                    readDamaged(
                                            new SegmentId(record.wal(), index),
                                            member,
                                            found -> {
                                                found.ifPresent(held -> mutable.put(member, held));
                                                if (--left[0] == 0) {
                                                    tell(record, version, known, answers);
                                                }
                                            }));
                        }
                    });
                });
        left[0] = damaged.size();
        if (damaged.isEmpty()) {
            tell(record, version, known, answers);
        } else {
            damaged.forEach(Runnable::run);
        }
    }

    private void readDamaged(SegmentId segment, UUID member, Consumer<Optional<Fenced.Held>> then) {
        reader.readToEnd(
                segment,
                member,
                COPY_BYTES_MAX,
                copy -> {
                    if (copy.isEmpty()) {
                        then.accept(Optional.empty());
                        return;
                    }
                    tools.background()
                            .run(
                                    lane,
                                    () -> whole(segment, copy.get()),
                                    outcome ->
                                            then.accept(
                                                    outcome
                                                                    instanceof
                                                                    Outcome.Success<Fenced.Held>(
                                                                            var held)
                                                            ? Optional.of(held)
                                                            : Optional.empty()));
                });
    }

    private static Fenced.Held whole(SegmentId segment, ByteBuffer copy) {
        try {
            return Fenced.Held.of(SegmentCopy.scan(SegmentBytes.of(copy), segment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(
            WalRecord record,
            long version,
            Map<Integer, Map<UUID, Fenced>> known,
            FenceRound.Answers answers) {
        ForcedPlan forced = ForcedPlan.decide(record, known);
        var loss =
                new Loss(
                        tools.membership().self(),
                        request.reason(),
                        lane.wallMs(),
                        forced.plan().end(),
                        forced.committedEnd(),
                        ForcedPlan.decide(record, answers.bySegment()).silentMembers());
        if (request.acceptLoss()) {
            upload(record, version, forced, known, loss);
        } else {
            done.accept(new Outcome.Success<>(new Told(false, loss)));
        }
    }

    private void upload(
            WalRecord record,
            long version,
            ForcedPlan forced,
            Map<Integer, Map<UUID, Fenced>> known,
            Loss loss) {
        new TailUpload(
                        lane,
                        tools.background(),
                        reader,
                        tools.objects(),
                        tools.packer(),
                        record,
                        forced.plan(),
                        new FenceRound.Answers(known),
                        new TailUpload.Done() {
                            @Override
                            public void uploaded(List<WalObject> objects) {
                                WalRecord sealed =
                                        WalChanges.sealed(record, loss.end(), objects)
                                                .withLoss(loss);
                                write(sealed, version, _ -> sealed(loss));
                            }

                            @Override
                            public void failed(String why) {
                                refuse(Kind.UNAVAILABLE, "wal-not-read", why);
                            }
                        })
                .start();
    }

    private void sealed(Loss loss) {
        LOG.atError()
                .addKeyValue("wal", request.wal())
                .addKeyValue("reason", loss.reason())
                .addKeyValue("end", loss.end())
                .addKeyValue("committedEnd", loss.committedEnd())
                .addKeyValue("silent", loss.silent())
                .log("wal sealed by force; acknowledged records may be lost");
        done.accept(new Outcome.Success<>(new Told(true, loss)));
    }
}
