package sluice.engine;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;

/**
 * This gateway's own heartbeat: one counter, bumped as long as the process lives, and with it the
 * age of the disk. Owned by the engine's lane.
 */
final class Heartbeat {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final Lane lane;
    private final Background background;
    private final GatewayStore store;
    private final DiskAge age;
    private final EngineLimits limits;
    private final Consumer<String> lost;
    private GatewayRecord self;
    private long version;
    private boolean hasBeaten;
    private boolean isBeating;

    /** Beats that were applied, to tell old answers from new ones. */
    private long applied;

    /** Waits for the beat under way. */
    private Runnable whenBeaten = () -> {};

    private boolean isStopped;

    /** The item in the store tells what this process must not take away. */
    private boolean isLost;

    /**
     * @param self its counter is 0
     * @param lost told if this process must not use its disk, or no longer
     */
    Heartbeat(
            Lane lane,
            Background background,
            GatewayStore store,
            DiskAge age,
            EngineLimits limits,
            GatewayRecord self,
            Consumer<String> lost) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.age = age;
        this.limits = limits;
        this.self = self;
        this.lost = lost;
    }

    UUID node() {
        return self.node();
    }

    /** True once others can see this process. */
    boolean hasBeaten() {
        return hasBeaten;
    }

    boolean isStopped() {
        return isStopped;
    }

    /**
     * Begins to beat, unless the disk is an older state of itself.
     *
     * @param admitted called once before the first beat: the disk's copies and fences may be used
     */
    void start(Runnable admitted) {
        lane.assertOwner();
        background.run(
                lane,
                () -> store.get(self.node()),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<Optional<Versioned<GatewayRecord>>>(var found) ->
                                start(found, admitted);
                        case Outcome.Failure<Optional<Versioned<GatewayRecord>>>(var error)
                                when error.kind() == SluiceException.Kind.DATA ->
                                lost("the heartbeat of this disk cannot be read: " + error);
                        case Outcome.Failure<Optional<Versioned<GatewayRecord>>>(var error) -> {
                            LOG.atWarn().setCause(error).log("heartbeat not read; trying again");
                            lane.schedule(limits.heartbeat(), () -> start(admitted));
                        }
                    }
                });
    }

    private void start(Optional<Versioned<GatewayRecord>> found, Runnable admitted) {
        // An earlier process of this disk left it: its wal is dead, since the disk is locked.
        version = found.map(Versioned::version).orElse(0L);
        long told = found.map(each -> each.value().diskAge()).orElse(0L);
        if (age.isBelow(told)) {
            lost(
                    ("disk-older-than-told: this disk is an older state of itself (was a snapshot"
                                    + " restored?): what it acknowledged since is not on it, so it"
                                    + " must not be asked; start with an empty data folder, the"
                                    + " other gateways have what was acknowledged: disk=%s"
                                    + " expectedAge=%d actualAge=%d")
                            .formatted(self.node(), told, age.durable()));
            return;
        }
        admitted.run();
        beat();
    }

    private void lost(String why) {
        isStopped = true;
        isLost = true;
        lost.accept(why);
    }

    /**
     * Beats no more, and takes the heartbeat away so that others need not wait for its end. Only
     * for a disk that no wal names any more: what it told of its age goes too.
     */
    void leave(Runnable done) {
        lane.assertOwner();
        isStopped = true;
        if (isLost) {
            done.run();
            return;
        }
        Runnable remove =
                () -> {
                    long last = version;
                    background.run(lane, () -> store.remove(self.node(), last), _ -> done.run());
                };
        if (isBeating) {
            whenBeaten = remove;
        } else {
            remove.run();
        }
    }

    /** Beats no more; the last beat stays, with the age that it told. */
    void stop() {
        lane.assertOwner();
        isStopped = true;
    }

    /** From now on it says that the gateway takes no more slots. */
    void draining() {
        self = self.asDraining();
    }

    private void beat() {
        if (isStopped) {
            return;
        }
        self = self.next(age.durable());
        age.grow();
        GatewayRecord beat = self;
        long last = version;
        isBeating = true;
        background.run(lane, () -> store.put(beat, last), this::beaten);
    }

    private void beaten(Outcome<Written> outcome) {
        isBeating = false;
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long next)) -> {
                version = next;
                hasBeaten = true;
                applied++;
            }
            case Outcome.Success<Written>(Written.Conflict()) -> findVersion();
            case Outcome.Failure<Written>(var error) -> {
                LOG.atWarn().setCause(error).log("heartbeat not written; trying again");
                findVersion();
            }
        }
        whenBeaten.run();
        whenBeaten = () -> {};
        lane.schedule(limits.heartbeat(), this::beat);
    }

    private void findVersion() {
        long asOf = applied;
        background.run(
                lane,
                () -> store.get(self.node()),
                outcome -> {
                    if (outcome
                                    instanceof
                                    Outcome.Success<Optional<Versioned<GatewayRecord>>>(var found)
                            && asOf == applied) {
                        foundVersion(found);
                    }
                });
    }

    /**
     * Nobody but this process writes its heartbeat once it has beaten, so what another wrote comes
     * from a process on a copy of the disk, or from this one's own future, if the whole machine was
     * set back. (Before the first beat, a beat of the process before may still arrive.)
     */
    private void foundVersion(Optional<Versioned<GatewayRecord>> found) {
        version = found.map(Versioned::version).orElse(0L);
        if (isStopped || found.isEmpty()) {
            return;
        }
        GatewayRecord other = found.get().value();
        boolean isOwn = other.wal().equals(self.wal());
        if (isOwn ? other.counter() > self.counter() : hasBeaten) {
            lost(
                    ("disk-used-twice: another process beats for this disk (was the disk or the"
                                    + " machine copied, or set back?); run one gateway on it, and"
                                    + " give others an empty data folder: disk=%s wal=%s counter=%d"
                                    + " otherWal=%s otherCounter=%d")
                            .formatted(
                                    self.node(),
                                    self.wal(),
                                    self.counter(),
                                    other.wal(),
                                    other.counter()));
        }
        hasBeaten |= isOwn;
    }
}
