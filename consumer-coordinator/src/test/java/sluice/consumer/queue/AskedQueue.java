package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.NO_WAIT;
import static sluice.consumer.queue.QueueWorld.POLICY;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.settle;
import static sluice.consumer.queue.QueueWorld.success;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.Grant;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.consumer.queue.Settlement.Result;
import sluice.log.lane.VirtualTime;

/** A queue, whoever keeps it, and short words for what is asked of it. */
abstract class AskedQueue {

    private long acquires;

    abstract VirtualTime time();

    /** Messages of which key and value are the offset, and the timestamp 1000 more than it. */
    abstract void publish(int messages);

    /** A message with this priority. */
    abstract void publishWith(int priority);

    /** The list has the answer once there is one. */
    abstract List<sluice.log.lane.Outcome<PartitionReply>> ask(
            long epoch, PartitionRequest request);

    sluice.log.lane.Outcome<PartitionReply> outcome(long epoch, PartitionRequest request) {
        var answers = ask(epoch, request);
        assertTrue(
                time().runUntil(() -> !answers.isEmpty(), Duration.ofMinutes(1)),
                () -> "no answer to " + request);
        return answers.getFirst();
    }

    PartitionReply reply(PartitionRequest request) {
        return success(outcome(1, request));
    }

    void attach(long epoch, QueueStart start) {
        success(outcome(epoch, new PartitionRequest.Attach(POLICY, start)));
    }

    void attached(int messages) {
        publish(messages);
        attach(1, new QueueStart.Earliest());
    }

    PartitionRequest.Acquire acquire(Duration wait, Grant... grants) {
        return new PartitionRequest.Acquire(++acquires, List.of(grants), wait);
    }

    List<Delivery> take(UUID session, int max) {
        return ((Acquired) reply(acquire(NO_WAIT, grant(session, max)))).granted().getFirst();
    }

    List<Result> settled(UUID session, List<Delivery> deliveries, Outcome outcome) {
        return ((PartitionReply.Settled) reply(settle(session, deliveries, outcome))).results();
    }

    void assertRefused(Refusal expected, UUID session, List<Delivery> deliveries, Outcome outcome) {
        Result result = settled(session, deliveries, outcome).getFirst();
        assertTrue(
                result instanceof Result.Refused(Refusal refusal, _) && refusal == expected,
                () -> "expected=" + expected + " found=" + result);
    }

    PartitionReply.Numbers numbers() {
        return (PartitionReply.Numbers) reply(new PartitionRequest.Count());
    }

    static String text(@Nullable ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(Objects.requireNonNull(bytes).duplicate()).toString();
    }
}
