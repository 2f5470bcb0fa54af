package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.POLICY;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.offsets;
import static sluice.consumer.queue.QueueWorld.success;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.PartitionReply.Acquired;

/**
 * What coordinators rely on of a group's choice: its priorities. Order by key, tenants, delays and
 * expiry are between the owner and its messages; the twin does not know them, and {@link
 * ChoosingQueue} has their tests.
 */
abstract class PriorityContract extends AskedQueue {

    private void attachedByPriority(int... priorities) {
        for (int each : priorities) {
            publishWith(each);
        }
        var choice = new QueueChoice(false, true, false, Optional.empty());
        reply(new PartitionRequest.Attach(POLICY.with(choice), new QueueStart.Earliest()));
    }

    @Test
    void theHighestPriorityGoesFirstAndIsToldWithTheNumberOfThoseThatHaveIt() {
        attachedByPriority(1, 9, 9, 5, 9);
        assertEquals(List.of(1L), offsets(take(ANN, 1)));

        assertEquals(9, numbers().backlog().level());
        assertEquals(2, numbers().backlog().ofLevel());
        assertEquals(4, numbers().backlog().ready());
        assertEquals(List.of(2L, 4L, 3L, 0L), offsets(take(ANN, 9)));
        assertEquals(PartitionReply.Backlog.NO_LEVEL, numbers().backlog().level());
    }

    @Test
    void withoutPrioritiesAllHaveTheSame() {
        attached(3);
        publishWith(9);

        assertEquals(MessageAttributes.DEFAULT_PRIORITY, numbers().backlog().level());
        assertEquals(4, numbers().backlog().ofLevel());
    }

    @Test
    void aWatchThatNamesAPriorityIsToldOfAHigherOne() {
        attachedByPriority(5);
        var answers = ask(1, watchAbove(5));
        for (int each : new int[] {5, 0}) {
            publishWith(each);
            time().runFor(SECOND);
            assertTrue(answers.isEmpty());
        }

        publishWith(6);
        time().runFor(Duration.ofMillis(50));

        assertEquals(6, ((Acquired) success(answers.getFirst())).backlog().level());
        assertEquals(4, take(ANN, 9).size());
    }

    private static PartitionRequest.Acquire watchAbove(int level) {
        return new PartitionRequest.Acquire(1L << 50, List.of(), SECOND.multipliedBy(30), level);
    }

    @Test
    void aWatchThatNamesAPriorityIsToldOfARiseAfterAFall() {
        attachedByPriority(5, 2);
        var answers = ask(1, watchAbove(5));
        assertEquals(List.of(0L), offsets(take(ANN, 1)));
        time().runFor(SECOND);
        assertTrue(answers.isEmpty());

        publishWith(3);
        time().runFor(Duration.ofMillis(50));

        assertEquals(3, ((Acquired) success(answers.getFirst())).backlog().level());
    }

    @Test
    void nobodyWaitsBehindAWatchThatNamesAPriority() {
        attachedByPriority(2);
        var answers = ask(1, watchAbove(9));

        assertEquals(List.of(0L), offsets(take(ANN, 1)));
        assertTrue(answers.isEmpty());
    }
}
