package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import sluice.consumer.queue.RecordWindow.Found;
import sluice.log.batch.LogRecord;

/**
 * Looks at messages from the cursor on, and puts each where it waits. In a plain queue only where
 * one at the cursor cannot be given out as it is. Owned by the queues' lane.
 */
final class LookAhead {

    private static final int STEP = 2_000;

    /** About a message that is special in a plain queue, so many after it. */
    private static final int PLAIN_STEP = 256;

    private final QueueMachine machine;
    private final RecordWindow window;
    private final WindowRoom room;
    private final QueueLimits limits;
    private final long seed;
    private long missing = -1;

    /** What the room was told that the queue takes. */
    private long told;

    private boolean isClosed;

    /**
     * @param seed of the keys' hashes; the same for the queue's next owner
     */
    LookAhead(
            QueueMachine machine,
            RecordWindow window,
            WindowRoom room,
            QueueLimits limits,
            long seed) {
        this.machine = machine;
        this.window = window;
        this.room = room;
        this.limits = limits;
        this.seed = seed;
    }

    /** Where records must be fetched before it can go on; −1 if nowhere. */
    long missing() {
        return missing;
    }

    /**
     * Goes some way; true if it got on, and may get on further at once.
     *
     * @param isWanted true if somebody waits for messages; if not, a plain queue is left alone
     */
    boolean look(boolean isWanted, long nowMs, List<Change> out) {
        missing = -1;
        QueueState state = machine.state();
        boolean isPlain = machine.isPlain();
        if (state.isNew() || (isPlain && !isWanted)) {
            return false;
        }
        machine.due(nowMs, out);
        if (isFull() || (isPlain ? !isSpecial(nowMs) : isFar())) {
            return false;
        }
        var placing = new Placing(nowMs);
        long at = state.cursor();
        for (int looked = 0; looked < (isPlain ? PLAIN_STEP : STEP); looked++) {
            Found found = window.find(at);
            if (found instanceof Found.Here(var record)) {
                placing.add(record);
                at = record.offset() + 1;
            } else if (found instanceof Found.Gone(long next)) {
                at = next;
            } else {
                missing = found instanceof Found.Elsewhere ? at : -1;
                break;
            }
        }
        if (at == state.cursor()) {
            return false;
        }
        machine.place(placing.placed(at), out);
        return true;
    }

    private boolean isSpecial(long nowMs) {
        return window.find(machine.state().cursor()) instanceof Found.Here(var record)
                && MessageAttributes.of(record).isHeldBackAt(nowMs);
    }

    /** True if no more messages may wait than those that do. */
    boolean isFullOfWaiting() {
        long bytes = machine.state().waiting().bytes();
        if (!isClosed) {
            room.addWaiting(bytes - told);
            told = bytes;
        }
        return bytes >= limits.waitingBytesMax() || (bytes > 0 && room.isFullOfWaiting());
    }

    /** Takes nothing of the room any more. */
    void close() {
        isClosed = true;
        room.addWaiting(-told);
        told = 0;
    }

    /** No more may wait, or no more dead letters. */
    private boolean isFull() {
        return isFullOfWaiting()
                || (machine.state().policy().choice().buriesExpired() && machine.freshRoom() == 0);
    }

    private boolean isFar() {
        MessagesThatWait waiting = machine.state().waiting();
        QueueChoice choice = machine.state().policy().choice();
        return waiting.readyCount() >= (choice.byKey() ? limits.aheadByKeyMax() : limits.aheadMax())
                || waiting.lines().size() >= limits.linesMax();
    }

    /** Where the messages of one step wait. */
    private final class Placing {

        private record Key(long key, Line line) {}

        private final long nowMs;
        private final QueueChoice choice = machine.state().policy().choice();
        private final Map<Line, Spot.Runs> ready = new TreeMap<>();
        private final Map<Line, List<Spot.Head>> heads = new TreeMap<>();
        private final Map<Line, List<Spot.Late>> later = new TreeMap<>();
        private final Map<Key, Spot.Runs> behind = new LinkedHashMap<>();
        private final Set<Long> newHeads = new HashSet<>();
        private final List<Long> expired = new ArrayList<>();

        Placing(long nowMs) {
            this.nowMs = nowMs;
        }

        void add(LogRecord record) {
            var attributes = MessageAttributes.of(record);
            long offset = record.offset();
            if (attributes.isExpiredAt(nowMs)) {
                expired.add(offset);
                return;
            }
            Mark mark = attributes.mark(record, choice, seed);
            Line line = mark.line();
            long key = mark.key();
            if (attributes.deliverAtMs() > nowMs) {
                later.computeIfAbsent(line, _ -> new ArrayList<>())
                        .add(new Spot.Late(offset, attributes.deliverAtMs(), key));
            } else if (key == Mark.NO_KEY) {
                ready.computeIfAbsent(line, _ -> new Spot.Runs()).add(offset);
            } else if (machine.state().waiting().head(key) < 0 && newHeads.add(key)) {
                heads.computeIfAbsent(line, _ -> new ArrayList<>()).add(new Spot.Head(offset, key));
            } else {
                behind.computeIfAbsent(new Key(key, line), _ -> new Spot.Runs()).add(offset);
            }
        }

        Change.Placed placed(long cursor) {
            var spots = new ArrayList<Spot>();
            ready.forEach((line, runs) -> spots.add(new Spot.Ready(line, runs.toList())));
            heads.forEach((line, found) -> spots.add(new Spot.Heads(line, found)));
            behind.forEach((key, runs) ->
                    spots.add(new Spot.Behind(key.line(), key.key(), runs.toList())));
            later.forEach((line, found) -> spots.add(new Spot.Later(line, found)));
            return new Change.Placed(nowMs, cursor, spots, choice.buriesExpired(), expired);
        }
    }
}
