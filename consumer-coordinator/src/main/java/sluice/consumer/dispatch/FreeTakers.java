package sluice.consumer.dispatch;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * Those who would take a message now: the least loaded first, and of them who has waited longest.
 * Each step costs the logarithm of their number.
 */
final class FreeTakers {

    private static final Comparator<Taker> ORDER =
            Comparator.comparingInt(Taker::load)
                    .thenComparingLong(Taker::turn)
                    .thenComparing(taker -> taker.id);

    private final TreeSet<Taker> free = new TreeSet<>(ORDER);
    private long credit;
    private long lastTurn;

    boolean isEmpty() {
        return free.isEmpty();
    }

    /** Messages that all of them together would take. */
    long credit() {
        return credit;
    }

    /** From now on it takes so many; one that had no credit waits from now on. */
    void credit(Taker taker, int next) {
        change(taker, next, taker.load(), taker.credit() == 0 ? ++lastTurn : taker.turn());
    }

    /** It has so many more; fewer if negative. */
    void load(Taker taker, int more) {
        change(taker, taker.credit(), taker.load() + more, taker.turn());
    }

    /**
     * Takes one message's credit of the first.
     *
     * @return whose it was; it is loaded with the message now, and keeps its turn until it is
     *     served
     */
    Taker takeOne() {
        Taker first = free.first();
        change(first, first.credit() - 1, first.load() + 1, first.turn());
        return first;
    }

    /** It got messages: others of its load come first. */
    void served(Taker taker) {
        change(taker, taker.credit(), taker.load(), ++lastTurn);
    }

    /** Gives credit back that was taken and brought nothing. It waits on in its turn. */
    void giveBack(Taker taker, int count) {
        change(taker, taker.credit() + count, taker.load() - count, taker.turn());
    }

    private void change(Taker taker, int nextCredit, int nextLoad, long nextTurn) {
        if (taker.isQueued()) {
            free.remove(taker);
            taker.queued(false);
            credit -= taker.credit();
        }
        taker.set(nextCredit, nextLoad, nextTurn);
        if (nextCredit > 0) {
            free.add(taker);
            taker.queued(true);
            credit += nextCredit;
        }
    }
}
