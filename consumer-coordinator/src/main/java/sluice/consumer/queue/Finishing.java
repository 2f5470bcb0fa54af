package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * Ends messages that nobody has, wherever in the queue they are.
 *
 * <p>Beyond the cursor nothing is known of single messages. So if one there is to end, those before
 * it are put in line, where they take their turns as before; the one that ends is not.
 */
final class Finishing {

    /** Messages put in line at once. */
    private static final long AHEAD_MAX = 100_000;

    private final QueueMachine machine;
    private final long nowMs;
    private final List<Change> out;

    Finishing(QueueMachine machine, long nowMs, List<Change> out) {
        this.machine = machine;
        this.nowMs = nowMs;
        this.out = out;
    }

    /**
     * @param window knows where the topic's partition begins and ends; what lies elsewhere is
     *     passed over, as are messages that are leased, dead or done, and those that wait for a
     *     time or for another message
     * @return how many ended
     * @throws SluiceException OVERLOADED {@code too-far-ahead} if too many messages lie before one
     *     of them, or all of them must be looked at in turn; then none has ended
     */
    int finish(List<Long> offsets, RecordWindow window) {
        return finish(offsets, window.logStart(), window.highWatermark());
    }

    int finish(List<Long> offsets, long logStart, long highWatermark) {
        QueueState state = machine.state();
        long from = Math.max(state.cursor(), logStart);
        var fresh = new TreeSet<Long>();
        var known = new ArrayList<Long>();
        for (long offset : new TreeSet<>(offsets)) {
            Message message = state.message(offset);
            if (message != null ? message.state() == Message.State.RETURNED : isWaiting(offset)) {
                known.add(offset);
            } else if (message == null && offset >= from && offset < highWatermark) {
                fresh.add(offset);
            }
        }
        if (!fresh.isEmpty()) {
            check(fresh.last(), from);
        }
        machine.drop(known, out);
        if (!fresh.isEmpty()) {
            machine.skip(logStart, out);
            machine.place(placed(from, fresh), out);
        }
        long left = known.stream().filter(this::isWaiting).count();
        return (int) (known.size() - left) + fresh.size();
    }

    private boolean isWaiting(long offset) {
        return machine.state().waiting().contains(offset);
    }

    private void check(long last, long from) {
        if (last - from >= AHEAD_MAX || !machine.isPlain()) {
            throw new SluiceException(
                    Kind.OVERLOADED,
                    "too-far-ahead",
                    "a message is to end that is far from its turn: offset=%d next=%d max=%d; end those before it first"
                            .formatted(last, from, AHEAD_MAX));
        }
    }

    private Change.Placed placed(long from, SortedSet<Long> ended) {
        var runs = new Spot.Runs();
        for (long offset = from; offset < ended.last(); offset++) {
            if (!ended.contains(offset)) {
                runs.add(offset);
            }
        }
        List<Spot.Run> found = runs.toList();
        List<Spot> spots = found.isEmpty() ? List.of() : List.of(new Spot.Ready(Line.PLAIN, found));
        return new Change.Placed(nowMs, ended.last() + 1, spots, false, List.of());
    }
}
