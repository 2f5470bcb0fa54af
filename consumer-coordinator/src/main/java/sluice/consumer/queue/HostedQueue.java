package sluice.consumer.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import sluice.consumer.PartitionRef;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;

/**
 * A queue at its owner, from the moment at which its state was read until it is let go. Everything
 * is decided by {@link QueueMachine}, written, and answered when it is durable. Owned by the
 * queues' lane.
 */
final class HostedQueue {

    /** Told of the queue's end here. */
    interface Owner {
        void dropped(HostedQueue queue);
    }

    private static final int SNAPSHOT_BYTES_MIN = 256 * 1024;
    private static final int SNAPSHOT_CHANGES_MAX = 20_000;
    private static final Duration SNAPSHOT_AGE_MIN = Duration.ofMinutes(1);

    private final QueuePorts ports;
    private final Lane lane;
    private final Owner owner;
    private final QueueMachine machine;
    private final StateWriter writer;
    private final RecordWindow window;
    private final QueueReads reads;
    private final LookAhead ahead;
    private final Serving serving;
    private PartitionRef partition;
    private int bytesSinceSnapshot;
    private int snapshotBytes;
    private long snapshotMs;
    private long usedNs;
    private boolean isOver;

    HostedQueue(
            QueuePorts ports,
            WindowRoom room,
            QueueRef queue,
            StateLoader.Loaded loaded,
            long logStart,
            long highWatermark,
            Owner owner) {
        this.ports = ports;
        this.lane = ports.lane();
        this.owner = owner;
        this.partition = queue.partition();
        this.machine = new QueueMachine(loaded.state(), ports.limits());
        this.writer =
                new StateWriter(
                        ports.logs(),
                        lane,
                        writtenTo(queue),
                        loaded.nextOffset(),
                        loaded.snapshotAt(),
                        this::lost);
        this.window = new RecordWindow(ports.logs(), lane, room, partition);
        this.window.heard(logStart, highWatermark);
        this.reads = new QueueReads(window, loaded.state(), queue.queue());
        this.ahead = new LookAhead(machine, window, room, ports.limits(), queue.queue());
        this.serving =
                new Serving(lane, machine, window, ahead, this::write, this::answer, this::backlog);
        this.snapshotMs = lane.wallMs();
        this.usedNs = lane.nowNs();
        if (machine.state().isNew() && loaded.nextOffset() > 0) {
            // Where it began has expired, and so have all messages before the log's start.
            decided(out -> machine.skip(logStart, out));
        }
        if (loaded.changes() > SNAPSHOT_CHANGES_MAX) {
            snapshot();
        }
    }

    /**
     * The log of a queue's state, as it is read. It is kept a little longer than the topic: an
     * extent goes as a whole when its first batch is old, and the newest changes in it may speak of
     * messages that are still there.
     */
    static PartitionRef stateLog(QueueRef queue) {
        long retentionMs = queue.partition().retentionMs();
        return new PartitionRef(
                queue.stateLog(),
                queue.partition().slot(),
                retentionMs == 0 ? 0 : retentionMs + SNAPSHOT_AGE_MIN.toMillis());
    }

    /** With the topic's own retention, so that both are in the same objects. */
    private static PartitionRef writtenTo(QueueRef queue) {
        PartitionRef partition = queue.partition();
        return new PartitionRef(queue.stateLog(), partition.slot(), partition.retentionMs());
    }

    boolean isIdleSince(long ns) {
        return usedNs - ns < 0 && serving.isIdle() && writer.isIdle();
    }

    private void decided(Consumer<List<Change>> deciding) {
        var out = new ArrayList<Change>();
        deciding.accept(out);
        write(out);
    }

    private void write(List<Change> changes) {
        if (!changes.isEmpty()) {
            bytesSinceSnapshot += writer.write(changes);
            if (bytesSinceSnapshot > Math.max(SNAPSHOT_BYTES_MIN, snapshotBytes)) {
                snapshot();
            }
        }
    }

    private void snapshot() {
        snapshotBytes = writer.writeSnapshot(Snapshots.of(machine.state()));
        bytesSinceSnapshot = 0;
        snapshotMs = lane.wallMs();
    }

    /** Does what is due from time to time. */
    void tick() {
        long halfMs = Math.max(SNAPSHOT_AGE_MIN.toMillis(), partition.retentionMs() / 2);
        if (partition.retentionMs() > 0
                && !machine.state().isNew()
                && lane.wallMs() - snapshotMs > halfMs) {
            snapshot();
        }
    }

    void handle(Asked asked) {
        usedNs = lane.nowNs();
        if (writer.isFull()) {
            asked.fail(
                    new SluiceException(
                            Kind.OVERLOADED,
                            "queue-busy",
                            "too many changes of a queue wait for the disks; retry after a pause"));
            return;
        }
        try {
            consider(asked.queue());
            if (asked.request() instanceof PartitionRequest.Attach attach) {
                attach(asked, attach);
            } else {
                machine.check(asked.epoch());
                dispatch(asked);
            }
        } catch (SluiceException e) {
            // What it rests on may be on its way to the disks.
            writer.whenDurable(() -> asked.fail(e), asked::fail);
        }
    }

    /** The topic's retention may have changed. */
    private void consider(QueueRef queue) {
        long before = partition.retentionMs();
        long now = queue.partition().retentionMs();
        if (before != now) {
            partition = queue.partition();
            window.readFrom(partition);
            writer.writeTo(writtenTo(queue));
        }
        QueueState state = machine.state();
        if (state.isNew() || state.retentionMs() == now) {
            return;
        }
        boolean isLonger = now == 0 || (state.retentionMs() > 0 && now > state.retentionMs());
        decided(out -> machine.retained(now, out));
        if (isLonger) {
            // What was logged before goes earlier than messages that stay longer now.
            snapshot();
        }
    }

    private void answer(Asked asked, Supplier<PartitionReply> reply) {
        PartitionReply now = reply.get();
        writer.whenDurable(() -> asked.reply(now), asked::fail);
    }

    private void attach(Asked asked, PartitionRequest.Attach attach) {
        if (!machine.state().isNew()) {
            decided(out -> machine.attach(asked.epoch(), attach.policy(), out));
            serving.attached();
            answer(asked, () -> new PartitionReply.Attached(backlog()));
            return;
        }
        QueueStarts.resolve(
                ports.logs(),
                lane,
                partition,
                attach.start(),
                cursor -> {
                    if (isOver) {
                        asked.fail(StateWriter.moved());
                    } else if (!machine.state().isNew()) {
                        handle(asked);
                    } else {
                        begin(asked, attach, cursor);
                    }
                },
                asked::fail);
    }

    private void begin(Asked asked, PartitionRequest.Attach attach, long cursor) {
        decided(out -> {
            machine.attach(asked.epoch(), attach.policy(), out);
            machine.retained(partition.retentionMs(), out);
            machine.reset(cursor, lane.wallMs(), out);
        });
        answer(asked, () -> new PartitionReply.Attached(backlog()));
    }

    private void dispatch(Asked asked) {
        switch (asked.request()) {
            case PartitionRequest.Attach _ -> throw new AssertionError("handled before");
            case PartitionRequest.Leases(long from, int max) ->
                    answer(asked, () -> machine.leases(from, max));
            case PartitionRequest.Acquire acquire -> serving.acquire(asked, acquire);
            case PartitionRequest.Cancel(long number) -> {
                serving.cancel(number);
                answer(asked, PartitionReply.Done::new);
            }
            case PartitionRequest.Settle(var settlements) -> settle(asked, settlements);
            case PartitionRequest.EndSessions(var sessions) -> endSessions(asked, sessions);
            case PartitionRequest.Read(var offsets) ->
                    reads.read(
                            offsets,
                            found ->
                                    answer(
                                            asked,
                                            () -> new PartitionReply.Records(found.records())),
                            asked::fail);
            case PartitionRequest.DeadLetters(int max) -> deadLetters(asked, max);
            case PartitionRequest.Bury(var offsets) -> {
                decided(out -> machine.bury(offsets, out));
                answer(asked, PartitionReply.Done::new);
                serving.serve();
            }
            case PartitionRequest.Finish(var offsets) -> finish(asked, offsets);
            case PartitionRequest.Peek peek ->
                    reads.peek(peek, lane.wallMs(), page -> answer(asked, () -> page), asked::fail);
            case PartitionRequest.Count() ->
                    refreshed(
                            asked,
                            () ->
                                    serving.readNext(() ->
                                            goOn(asked, () -> answer(asked, serving::numbers))));
            case PartitionRequest.Reset(var to) -> reset(asked, to);
            case PartitionRequest.Purge() ->
                    counted(
                            asked,
                            out -> machine.purge(window.highWatermark(), out),
                            PartitionReply.Purged::new);
        }
    }

    private void settle(Asked asked, List<Settlement> settlements) {
        var results = new ArrayList<Settlement.Result>(settlements.size());
        decided(out -> {
            results.addAll(
                    machine.settle(settlements, lane.wallMs(), ports.random()::nextDouble, out));
            boolean isRefusal =
                    results.stream().anyMatch(each -> each instanceof Settlement.Result.Refused);
            if (isRefusal && out.isEmpty()) {
                machine.prove(out);
            }
        });
        answer(asked, () -> new PartitionReply.Settled(results, backlog()));
        serving.serve();
    }

    private void endSessions(Asked asked, List<UUID> sessions) {
        int[] count = {0};
        decided(out -> {
            count[0] = machine.endSessions(sessions, lane.wallMs(), out);
            if (out.isEmpty()) {
                machine.prove(out);
            }
        });
        serving.ended(sessions);
        answer(asked, () -> new PartitionReply.Ended(count[0], backlog()));
        serving.serve();
    }

    /** Goes on once it is known where the topic's partition begins and ends now. */
    private void refreshed(Asked asked, Runnable then) {
        Stages.then(
                ports.logs().range(partition),
                lane,
                range -> {
                    window.heard(range.logStart(), range.highWatermark());
                    goOn(asked, then);
                },
                asked::fail);
    }

    /** Something was waited for; meanwhile the queue may be let go, or have a later coordinator. */
    private void goOn(Asked asked, Runnable then) {
        try {
            if (isOver) {
                throw StateWriter.moved();
            }
            machine.check(asked.epoch());
            then.run();
        } catch (SluiceException e) {
            writer.whenDurable(() -> asked.fail(e), asked::fail);
        }
    }

    private void deadLetters(Asked asked, int max) {
        List<Long> offsets = machine.state().held().dead().stream().limit(max).toList();
        reads.read(
                offsets,
                found ->
                        goOn(
                                asked,
                                () -> {
                                    decided(out -> machine.bury(found.gone(), out));
                                    var letters = machine.deadLetters(found.records());
                                    answer(asked, () -> new PartitionReply.DeadLetters(letters));
                                }),
                asked::fail);
    }

    private void reset(Asked asked, QueueStart to) {
        QueueStarts.resolve(
                ports.logs(),
                lane,
                partition,
                to,
                cursor ->
                        goOn(
                                asked,
                                () -> {
                                    decided(out -> machine.reset(cursor, lane.wallMs(), out));
                                    answer(asked, PartitionReply.Done::new);
                                    serving.serve();
                                }),
                asked::fail);
    }

    private void finish(Asked asked, List<Long> offsets) {
        long nowMs = lane.wallMs();
        counted(
                asked,
                out -> new Finishing(machine, nowMs, out).finish(offsets, window),
                count -> new PartitionReply.Finished((int) count));
    }

    /** Decides with the topic's partition as it is now, and answers with what it came to. */
    private void counted(
            Asked asked, ToLongFunction<List<Change>> decide, LongFunction<PartitionReply> reply) {
        refreshed(
                asked,
                () -> {
                    long[] count = {0};
                    decided(out -> count[0] = decide.applyAsLong(out));
                    answer(asked, () -> reply.apply(count[0]));
                    serving.serve();
                });
    }

    private PartitionReply.Backlog backlog() {
        return machine.backlog(window.highWatermark(), ahead.isFullOfWaiting(), lane.wallMs());
    }

    private void lost(SluiceException why) {
        if (!isOver) {
            end(why);
            owner.dropped(this);
        }
    }

    /** Lets go of the queue: its state is in its log. */
    void drop(SluiceException why) {
        if (!isOver) {
            end(why);
            writer.stop(why);
            owner.dropped(this);
        }
    }

    private void end(SluiceException why) {
        isOver = true;
        serving.end(why.kind() == Kind.UNKNOWN_OUTCOME ? StateWriter.moved() : why);
        window.close();
        ahead.close();
    }
}
