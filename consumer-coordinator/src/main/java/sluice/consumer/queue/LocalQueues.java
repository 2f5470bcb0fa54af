package sluice.consumer.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * The queues of the partitions that this gateway owns: each is read from its state log at its first
 * request, and let go when its slot goes, when its state could not be written, or when nobody used
 * it for a while. Owned by the queues' lane.
 */
public final class LocalQueues implements HostedQueue.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(LocalQueues.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE_MAX = Duration.ofMinutes(2);
    private static final int QUEUES_MAX = 20_000;
    private static final int WAITING_MAX = 10_000;

    /** Records ahead of need, for all queues together. */
    private static final long WINDOW_BYTES_MAX = 64L << 20;

    /** Of messages that wait, for all queues together. */
    private static final long WAITING_BYTES_MAX = 256L << 20;

    /** A queue that is here, or on its way. */
    private static final class Entry {
        final int slot;
        final List<Asked> waiting = new ArrayList<>();
        @Nullable HostedQueue queue;

        Entry(int slot) {
            this.slot = slot;
        }
    }

    private final QueuePorts ports;
    private final Lane lane;
    private final WindowRoom room = new WindowRoom(WINDOW_BYTES_MAX, WAITING_BYTES_MAX);
    private final Map<PartitionId, Entry> entries = new HashMap<>();
    private boolean isLooking;

    public LocalQueues(QueuePorts ports) {
        this.ports = ports;
        this.lane = ports.lane();
    }

    /** How many queues are here. */
    public int count() {
        return entries.size();
    }

    /**
     * Answers a request for a queue whose slot this gateway owns; see {@link PartitionQueues}.
     *
     * @param answer called on the lane, once
     */
    public void handle(QueueCall call, Consumer<Outcome<PartitionReply>> answer) {
        lane.assertOwner();
        var asked = new Asked(call.queue(), call.coordinatorEpoch(), call.request(), answer);
        try {
            QueueCall.check(call.request());
        } catch (SluiceException e) {
            asked.fail(e);
            return;
        }
        PartitionId id = call.queue().stateLog();
        Entry entry = entries.get(id);
        if (entry == null) {
            if (entries.size() >= QUEUES_MAX) {
                asked.fail(full());
                return;
            }
            entry = new Entry(call.queue().partition().slot());
            entries.put(id, entry);
            load(call.queue(), entry);
            lookLater();
        }
        HostedQueue queue = entry.queue;
        if (queue != null) {
            queue.handle(asked);
        } else if (entry.waiting.size() < WAITING_MAX) {
            entry.waiting.add(asked);
        } else {
            asked.fail(full());
        }
    }

    private static SluiceException full() {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-queues",
                "this gateway serves as many queues of partitions as it can, or too many requests wait for one; retry after a pause");
    }

    private void load(QueueRef ref, Entry entry) {
        new StateLoader(
                        ports.logs(),
                        lane,
                        HostedQueue.stateLog(ref),
                        ports.limits(),
                        loaded ->
                                Stages.then(
                                        ports.logs().range(ref.partition()),
                                        lane,
                                        range ->
                                                loaded(
                                                        ref,
                                                        entry,
                                                        loaded,
                                                        range.logStart(),
                                                        range.highWatermark()),
                                        error -> failed(ref, entry, error)),
                        error -> failed(ref, entry, error))
                .start();
    }

    private void loaded(
            QueueRef ref,
            Entry entry,
            StateLoader.Loaded loaded,
            long logStart,
            long highWatermark) {
        if (entries.get(ref.stateLog()) != entry) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("queue", ref)
                .addKeyValue("changes", loaded.changes())
                .addKeyValue("held", loaded.state().held().size())
                .log("queue read");
        var queue = new HostedQueue(ports, room, ref, loaded, logStart, highWatermark, this);
        entry.queue = queue;
        var waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        waiting.forEach(queue::handle);
    }

    private void failed(QueueRef ref, Entry entry, SluiceException error) {
        if (entries.remove(ref.stateLog(), entry)) {
            failWaiting(entry, error);
        }
    }

    private static void failWaiting(Entry entry, SluiceException error) {
        var waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        waiting.forEach(each -> each.fail(error));
    }

    @Override
    public void dropped(HostedQueue queue) {
        entries.values().removeIf(each -> each.queue == queue);
    }

    /** The queues of these slots are served elsewhere from now on. */
    public void drop(IntPredicate slots) {
        lane.assertOwner();
        for (Map.Entry<PartitionId, Entry> each : List.copyOf(entries.entrySet())) {
            Entry entry = each.getValue();
            if (slots.test(entry.slot)) {
                HostedQueue queue = entry.queue;
                if (queue != null) {
                    queue.drop(StateWriter.moved());
                } else {
                    entries.remove(each.getKey(), entry);
                    failWaiting(entry, StateWriter.moved());
                }
            }
        }
    }

    private void lookLater() {
        if (!isLooking) {
            isLooking = true;
            lane.schedule(LOOK_EVERY, this::look);
        }
    }

    private void look() {
        isLooking = false;
        long idleNs = lane.nowNs() - IDLE_MAX.toNanos();
        for (Entry each : List.copyOf(entries.values())) {
            HostedQueue queue = each.queue;
            if (queue != null && queue.isIdleSince(idleNs)) {
                queue.drop(StateWriter.moved());
            } else if (queue != null) {
                queue.tick();
            }
        }
        if (!entries.isEmpty()) {
            lookLater();
        }
    }
}
