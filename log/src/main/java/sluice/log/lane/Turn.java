package sluice.log.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread does in one go, and what it has to do once at the end of it: to send to a
 * peer three times in a turn costs one write to its socket.
 *
 * <pre>{@code
 * try (Turn _ = Turn.open()) {
 *     …
 * }
 * }</pre>
 *
 * <p>A turn is short, and nothing in it waits for what others say to what it sends. A turn within a
 * turn is a part of it. Where none is open, everything is done at once.
 */
public final class Turn implements AutoCloseable {

    private static final ThreadLocal<@Nullable Turn> OPEN = new ThreadLocal<>();

    private final List<Runnable> atEnd = new ArrayList<>();
    private int depth;

    private Turn() {}

    /** Begins one; whoever does closes it, on the same thread. */
    public static Turn open() {
        Turn turn = OPEN.get();
        if (turn == null) {
            turn = new Turn();
            OPEN.set(turn);
        }
        turn.depth++;
        return turn;
    }

    /**
     * Begins one, unless one is open, that a task of {@code loop} ends.
     *
     * @param loop runs its tasks on the current thread, in their order, each of them
     */
    public static void openUntilNext(Executor loop) {
        if (OPEN.get() == null) {
            loop.execute(open()::close);
        }
    }

    /**
     * Has {@code work} run when the current thread's turn ends; the same object twice is once.
     *
     * @return false if none is open: the caller does it now
     */
    public static boolean atEnd(Runnable work) {
        Turn turn = OPEN.get();
        if (turn == null) {
            return false;
        }
        // Few: one for each peer that was sent to.
        if (!turn.atEnd.contains(work)) {
            turn.atEnd.add(work);
        }
        return true;
    }

    /** Does now what is to be done at the end, and goes on; it has become long. */
    void flush() {
        if (!atEnd.isEmpty()) {
            List<Runnable> now = List.copyOf(atEnd);
            atEnd.clear();
            runEach(now);
        }
    }

    /** What is for one peer is sent whatever became of another's. */
    private static void runEach(List<Runnable> works) {
        if (!works.isEmpty()) {
            try {
                works.getFirst().run();
            } finally {
                runEach(works.subList(1, works.size()));
            }
        }
    }

    @Override
    public void close() {
        if (--depth == 0) {
            OPEN.remove();
            flush();
        }
    }
}
