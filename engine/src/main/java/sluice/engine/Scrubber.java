package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.uploader.ObjectExtent;
import sluice.uploader.ObjectStore;
import sluice.uploader.RetentionClass;
import sluice.uploader.SlotContents;
import sluice.uploader.SlotIndex;

/**
 * Looks whether the objects that owned slots refer to are there and as long as they should be, so
 * that a lifecycle rule that is too eager, or a deletion by hand, is told while other copies of the
 * bucket may still exist, and not by the reader who needs the records.
 *
 * <p>Slot after slot, each object once in a round: a few requests for one byte at a time, so the
 * load is what one reader makes. What is missing is looked up again in a state of the slot that was
 * read afterwards, once for all of the slot. A store that is away is waited for some minutes; then
 * the round goes on. Owned by the engine's lane.
 */
final class Scrubber {

    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    /** Objects remembered in a round, 8 bytes of each; beyond it, some are looked at again. */
    private static final int SEEN_MAX = 500_000;

    private static final int IN_FLIGHT_MAX = 4;
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final int RETRIES_MAX = 30;

    /** Lines in the log for one slot; all are counted. */
    private static final int TOLD_MAX = 20;

    /** An object, and the newest of what the slot has in it. */
    private record Expected(ObjectExtent newest) {
        String key() {
            return newest.objectKey();
        }

        /** Half of a digest would do; the key's own end is random. */
        long hash() {
            long hash = 0xcbf29ce484222325L;
            for (int i = 0; i < key().length(); i++) {
                hash = (hash ^ key().charAt(i)) * 0x100000001b3L;
            }
            return hash;
        }

        /** True if the bucket's lifecycle may have removed it by then. */
        boolean mayBeExpired(long nowMs) {
            for (RetentionClass each : RetentionClass.values()) {
                OptionalInt days = each.days();
                if (key().startsWith(each.prefix()) && days.isPresent()) {
                    return nowMs - newest.extent().appendedFromMs()
                            >= Duration.ofDays(days.getAsInt()).toMillis();
                }
            }
            return false;
        }
    }

    private final Lane lane;
    private final Background background;
    private final OwnedSlots owned;
    private final IntFunction<SlotContents> states;
    private final ObjectStore objects;
    private final EngineMetrics metrics;
    private final Duration every;
    private final ArrayDeque<Integer> slots = new ArrayDeque<>();
    private final Set<Long> seen = new HashSet<>();

    /** Of the slot that is looked at now. */
    private final ArrayDeque<Expected> waiting = new ArrayDeque<>();

    private final List<Expected> missing = new ArrayList<>();
    private int slot;
    private int inFlight;
    private int retriesLeft;
    private long begunNs;
    private boolean isStopped;

    /**
     * @param states reads what metadata and objects say of a slot; blocks
     * @param every from the beginning of a round to that of the next, if it does not take longer
     */
    Scrubber(
            Lane lane,
            Background background,
            OwnedSlots owned,
            IntFunction<SlotContents> states,
            ObjectStore objects,
            EngineMetrics metrics,
            Duration every) {
        this.lane = lane;
        this.background = background;
        this.owned = owned;
        this.states = states;
        this.objects = objects;
        this.metrics = metrics;
        this.every = every;
    }

    /** Begins the first round after a while. */
    void start() {
        lane.schedule(every, this::round);
    }

    void stop() {
        isStopped = true;
    }

    private void round() {
        begunNs = lane.nowNs();
        seen.clear();
        owned.all().forEach(each -> slots.addLast(each.slot));
        nextSlot();
    }

    private void nextSlot() {
        Integer next = slots.pollFirst();
        while (next != null && owned.get(next).isEmpty()) {
            next = slots.pollFirst();
        }
        if (isStopped) {
            return;
        }
        if (next == null) {
            long restNs = every.toNanos() - (lane.nowNs() - begunNs);
            lane.schedule(Duration.ofNanos(Math.max(restNs, RETRY.toNanos())), this::round);
            return;
        }
        slot = next;
        retriesLeft = RETRIES_MAX;
        load(expected -> {
            for (Expected each : expected.values()) {
                if (!seen.contains(each.hash())) {
                    if (seen.size() < SEEN_MAX) {
                        seen.add(each.hash());
                    }
                    waiting.addLast(each);
                }
            }
            look();
        });
    }

    /** Reads what the slot refers to, and goes on; or with the next slot, if that is in vain. */
    private void load(Consumer<Map<String, Expected>> then) {
        int loaded = slot;
        background.run(
                lane,
                () -> expected(states.apply(loaded).index()),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<Map<String, Expected>>(var found) ->
                                then.accept(found);
                        case Outcome.Failure<Map<String, Expected>>(var error)
                                when error.kind() == SluiceException.Kind.DATA -> {
                            metrics.scrubLost();
                            LOG.atError()
                                    .addKeyValue("slot", loaded)
                                    .setCause(error)
                                    .log("what is known of a slot cannot be read");
                            nextSlot();
                        }
                        case Outcome.Failure<Map<String, Expected>>(var error) ->
                                retry(error, () -> load(then));
                    }
                });
    }

    private static Map<String, Expected> expected(SlotIndex index) {
        Map<String, Expected> byKey = new LinkedHashMap<>();
        for (var partition : index.partitions()) {
            for (ObjectExtent extent : index.partition(partition).extents()) {
                byKey.merge(
                        extent.objectKey(),
                        new Expected(extent),
                        (one, other) ->
                                one.newest().extent().appendedFromMs()
                                                >= other.newest().extent().appendedFromMs()
                                        ? one
                                        : other);
            }
        }
        return byKey;
    }

    private void retry(SluiceException error, Runnable again) {
        if (isStopped) {
            return;
        }
        if (retriesLeft-- > 0) {
            lane.schedule(RETRY, again);
            return;
        }
        LOG.atWarn()
                .addKeyValue("slot", slot)
                .addKeyValue("notLookedAt", waiting.size())
                .setCause(error)
                .log("objects of a slot could not be looked at; the next round tries again");
        waiting.clear();
        missing.clear();
        nextSlot();
    }

    private void look() {
        while (inFlight < IN_FLIGHT_MAX && !waiting.isEmpty() && !isStopped) {
            inFlight++;
            look(waiting.pollFirst());
        }
        if (inFlight == 0 && !isStopped) {
            confirm();
        }
    }

    private void look(Expected object) {
        long last = object.newest().objectLengthBytes() - 1;
        background.run(
                lane,
                () -> objects.read(object.key(), last, 1),
                outcome -> {
                    inFlight--;
                    switch (outcome) {
                        case Outcome.Success<ByteBuffer> _ -> {
                            metrics.scrubbed();
                            look();
                        }
                        case Outcome.Failure<ByteBuffer>(var error) -> failed(object, error);
                    }
                });
    }

    private void failed(Expected object, SluiceException error) {
        switch (error.kind()) {
            case NOT_FOUND, DATA, INVALID -> {
                // INVALID: denied, or moved to where it cannot be read. Nobody can use it so.
                if (!object.mayBeExpired(lane.wallMs())) {
                    missing.add(object);
                }
                look();
            }
            default -> {
                waiting.addLast(object);
                if (inFlight == 0) {
                    retry(error, this::look);
                }
            }
        }
    }

    /** Whether the slot still refers to what is missing: nobody may need it by now. */
    private void confirm() {
        if (missing.isEmpty()) {
            nextSlot();
            return;
        }
        load(still -> {
            Collection<Expected> lost =
                    missing.stream()
                            .filter(each -> still.containsKey(each.key()))
                            .collect(Collectors.toList());
            missing.clear();
            lost.forEach(_ -> metrics.scrubLost());
            lost.stream().limit(TOLD_MAX).forEach(each -> tell(each, lost.size()));
            nextSlot();
        });
    }

    private void tell(Expected object, int all) {
        ObjectExtent lost = object.newest();
        LOG.atError()
                .addKeyValue("key", object.key())
                .addKeyValue("lengthBytes", lost.objectLengthBytes())
                .addKeyValue("slot", lost.extent().slot())
                .addKeyValue("partition", lost.extent().partition())
                .addKeyValue("firstOffset", lost.extent().firstOffset())
                .addKeyValue("nextOffset", lost.extent().nextOffset())
                .addKeyValue("objectsOfTheSlot", all)
                .log(
                        "records cannot be read: an object is gone, cut or denied; bring it back from"
                                + " a copy of the bucket, and look for lifecycle rules and manual"
                                + " deletes");
    }
}
