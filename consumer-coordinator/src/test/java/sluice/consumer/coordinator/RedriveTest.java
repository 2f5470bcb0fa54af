package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.coordinator.DeadLetterTopics.Redriven;
import sluice.consumer.group.QueueReply.Redriving;
import sluice.consumer.group.QueueReply.Redriving.State;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.group.RedriveOrder.Place;
import sluice.consumer.group.RedriveOrder.Target;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.log.batch.LogRecord;

/** Messages that leave the queue of dead letters, for where they came from or elsewhere. */
class RedriveTest extends QueuesWorld {

    @BeforeEach
    void aQueueOfDeadLetters() {
        group(2, config(0, Optional.empty()));
    }

    private static LogRecord.Header header(String name, String value) {
        return new LogRecord.Header(name, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    private void letter(int partition, String value) {
        letterFrom("jobs", partition, value);
    }

    private void letterFrom(String topic, int partition, String value) {
        MemoryQueue to = queue(partition);
        to.append(
                new LogRecord(
                        to.highWatermark(),
                        1_000,
                        null,
                        ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)),
                        List.of(
                                header("own", "kept"),
                                header("sluice-dead-letter-topic", topic),
                                header("sluice-dead-letter-partition", "4"),
                                header("sluice-dead-letter-reason", value))));
    }

    private static RedriveOrder all() {
        return order(List.of(), 0, new Target.Origin());
    }

    private static RedriveOrder order(List<Place> places, int perSecond, Target target) {
        return new RedriveOrder(places, MessageFilter.ALL, OptionalLong.empty(), perSecond, target);
    }

    private Redriving begin(RedriveOrder order) {
        return (Redriving) world.reply(node, new QueueRequest.Redrive(order));
    }

    private Redriving status(boolean stop) {
        return (Redriving) world.reply(node, new QueueRequest.RedriveStatus(stop));
    }

    private Redriving ended() {
        for (int i = 0; i < 1_000; i++) {
            Redriving status = status(false);
            if (status.state() != State.RUNNING) {
                return status;
            }
            world.time.runFor(Duration.ofMillis(100));
        }
        throw new AssertionError("it does not end: " + status(false));
    }

    private List<String> redriven() {
        return world.queues.redriven.values().stream()
                .map(each -> text(each.record()))
                .sorted()
                .toList();
    }

    private static Map<String, String> headers(LogRecord record) {
        var headers = new TreeMap<String, String>();
        record.headers()
                .forEach(each ->
                        headers.put(
                                each.name(),
                                StandardCharsets.UTF_8
                                        .decode(Objects.requireNonNull(each.value()).duplicate())
                                        .toString()));
        return headers;
    }

    @Test
    void allGoBackToWhereTheyCameFrom() {
        letter(0, "a");
        letter(1, "b");
        letter(1, "c");

        assertEquals(State.RUNNING, begin(all()).state());
        Redriving end = ended();

        assertEquals(State.DONE, end.state());
        assertEquals(3, end.moved());
        assertEquals(List.of("a", "b", "c"), redriven());
        Redriven first = world.queues.redriven.values().iterator().next();
        assertEquals("jobs", first.topic());
        assertEquals(4, first.partition());
        assertEquals(
                Map.of("own", "kept", "sluice-redriven-from", "t/0/0"), headers(first.record()));
        assertEquals(0, queue(0).backlog().ready() + queue(1).backlog().ready());
    }

    @Test
    void someAreMeantByPlaceOrByFilterOrByNumber() {
        for (String value : List.of("a", "b", "c", "d", "e", "f")) {
            letter(0, value);
        }
        begin(order(List.of(new Place(0, 2), new Place(0, 99)), 0, new Target.Origin()));
        ended();
        assertEquals(List.of("c"), redriven());
        var reason =
                new MessageFilter(
                        Optional.empty(),
                        List.of(
                                new MessageFilter.HeaderIs(
                                        "sluice-dead-letter-reason",
                                        Optional.of(
                                                ByteBuffer.wrap(
                                                        "e".getBytes(StandardCharsets.UTF_8))))),
                        OptionalLong.empty(),
                        OptionalLong.empty());
        begin(new RedriveOrder(List.of(), reason, OptionalLong.empty(), 0, new Target.Origin()));
        ended();
        assertEquals(List.of("c", "e"), redriven());
        begin(
                new RedriveOrder(
                        List.of(), MessageFilter.ALL, OptionalLong.of(2), 0, new Target.Origin()));

        assertEquals(2, ended().moved());
        assertEquals(List.of("a", "b", "c", "e"), redriven());
        assertEquals(2, queue(0).backlog().ready());
    }

    @Test
    void whatFailsOnceMoreDoesNotGoRound() {
        letter(0, "a");
        world.queues.areTopicsAway = true;
        begin(all());
        world.time.runFor(SECOND);
        letter(0, "later");
        world.queues.areTopicsAway = false;

        assertEquals(1, ended().moved());
        assertEquals(1, queue(0).backlog().ready());
    }

    @Test
    void aTopicThatIsAwayIsWaitedFor() {
        letter(0, "a");
        world.queues.areTopicsAway = true;
        begin(all());
        world.time.runFor(Duration.ofSeconds(5));
        Redriving waiting = status(false);
        assertEquals(State.RUNNING, waiting.state());
        assertEquals(0, waiting.moved());
        assertTrue(waiting.lastError().startsWith("no-owner"), waiting::lastError);
        world.queues.areTopicsAway = false;

        assertEquals(1, ended().moved());
    }

    @Test
    void whatCannotGoBackStaysAndIsCountedAndGoesToATopicThatIsNamed() {
        world.queues.goneTopic = "gone";
        letterFrom("gone", 0, "a");
        queue(0).produce("who knows");
        letter(0, "c");
        begin(all());
        Redriving end = ended();

        assertEquals(1, end.moved());
        assertEquals(2, end.kept());
        assertTrue(end.lastError().matches("(no-origin|unknown-topic): .*"), end::lastError);
        assertEquals(2, queue(0).backlog().ready());
        begin(order(List.of(), 0, new Target.Topic("attic")));
        assertEquals(2, ended().moved());
        Redriven moved =
                world.queues.redriven.values().stream()
                        .filter(each -> each.topic().equals("attic"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(-1, moved.partition());
        assertEquals("gone", headers(moved.record()).get("sluice-dead-letter-topic"));
    }

    @Test
    void aRateIsKept() {
        for (int i = 0; i < 30; i++) {
            letter(0, "m" + i);
        }
        begin(order(List.of(), 5, new Target.Origin()));
        world.time.runFor(Duration.ofSeconds(3));
        long moved = status(false).moved();

        assertTrue(moved >= 10 && moved <= 20, "moved=" + moved);
        assertEquals(30, ended().moved());
    }

    @Test
    void itIsStoppedAndOnlyOneRuns() {
        for (int i = 0; i < 30; i++) {
            letter(0, "m" + i);
        }
        begin(order(List.of(), 5, new Target.Origin()));
        world.time.runFor(SECOND);
        assertEquals("redrive-running", world.refusal(node, new QueueRequest.Redrive(all())));
        assertEquals(State.STOPPED, status(true).state());
        world.time.runFor(SECOND);
        long moved = status(false).moved();
        world.time.runFor(Duration.ofSeconds(9));

        assertEquals(moved, status(false).moved());
        assertTrue(moved < 30, "moved=" + moved);
        assertEquals(30 - moved, queue(0).backlog().ready());
    }

    @Test
    void theNextCoordinatorKnowsNothingOfItAndNothingIsMovedTwice() {
        for (int i = 0; i < 10; i++) {
            letter(0, "m" + i);
        }
        begin(order(List.of(), 5, new Target.Origin()));
        world.time.runFor(SECOND);
        Node next = world.node("b");
        next.epoch = 2;
        var status = new QueueRequest.RedriveStatus(false);
        assertEquals(State.NONE, ((Redriving) world.reply(next, status)).state());
        world.reply(next, new QueueRequest.Redrive(all()));
        world.time.runFor(Duration.ofSeconds(10));

        assertEquals(State.DONE, ((Redriving) world.reply(next, status)).state());
        assertEquals(10, world.queues.redriven.size());
        assertEquals(0, queue(0).backlog().ready());
    }

    @Test
    void whatIsToGoNowhereIsDone() {
        letter(0, "a");
        letter(1, "b");
        begin(order(List.of(), 0, new Target.Nowhere()));

        assertEquals(2, ended().moved());
        assertEquals(Map.of(), world.queues.redriven);
        assertEquals(2, queue(0).done.size() + queue(1).done.size());
    }

    @Test
    void whatAConsumerHasStaysWithHim() {
        letter(0, "a");
        letter(0, "b");
        UUID session = open(node);
        var held = receiveOne(node, session);
        begin(all());

        assertEquals(1, ended().moved());
        assertEquals(List.of("b"), redriven());
        settle(node, session, held, ACK);
        assertEquals(2, queue(0).done.size());
    }

    @Test
    void whatWouldComeBackIntoTheQueueIsRefused() {
        assertEquals(
                "redrive-cycle",
                world.refusal(
                        node,
                        new QueueRequest.Redrive(order(List.of(), 0, new Target.Topic("t")))));
    }

    @Test
    void aSessionTellsWhatItHasAndSinceWhen() {
        letter(0, "a");
        letter(1, "b");
        UUID busy = open(node);
        UUID idle = open(node);
        var message = receiveOne(node, busy);
        world.time.runFor(SECOND);
        var told = new ArrayList<String>();
        var reply =
                (sluice.consumer.group.QueueReply.SessionsTold)
                        world.reply(
                                node,
                                new QueueRequest.Sessions(Optional.empty(), Optional.of("c")));
        reply.holders()
                .forEach(each ->
                        each.holds()
                                .forEach(hold -> {
                                    told.add(each.session().id() + " " + hold.delivery().toText());
                                    assertEquals(message.firstAtMs(), hold.sinceMs().orElseThrow());
                                }));

        assertEquals(2, reply.holders().size());
        assertEquals(List.of(busy + " " + message.delivery().toText()), told);
        assertEquals(0, sessions(Optional.of(idle), Optional.of("other")));
        assertEquals(1, sessions(Optional.of(idle), Optional.empty()));
    }

    private int sessions(Optional<UUID> id, Optional<String> client) {
        return ((sluice.consumer.group.QueueReply.SessionsTold)
                        world.reply(node, new QueueRequest.Sessions(id, client)))
                .holders()
                .size();
    }
}
