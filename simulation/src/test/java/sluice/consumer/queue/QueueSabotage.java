package sluice.consumer.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** What a broken owner of a queue does instead; called from patched classes. */
public final class QueueSabotage {

    private QueueSabotage() {}

    /** Answers leave before what they tell is durable. */
    static void atOnce(StateWriter writer, Runnable durable, Consumer<SluiceException> failed) {
        durable.run();
    }

    /** The next owner knows of no lease. */
    static void applyWithoutLeases(QueueState state, Change change) {
        if (!(change instanceof Change.Acquired)) {
            state.apply(change);
        }
    }

    /** Who comes too late is told that it is done. */
    static Settlement.Result isDoneAnyway(
            Settlement asked, @Nullable Message message, QueueState state) {
        return new Settlement.Result.Done(false);
    }
}
