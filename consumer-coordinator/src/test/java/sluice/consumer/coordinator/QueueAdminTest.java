package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.QueueConfig;

/** A queue group's settings, dead letters, and what operators do. */
class QueueAdminTest extends QueuesWorld {

    private static final Outcome AT_ONCE = new Outcome.Release(Optional.of(Duration.ZERO), "no");

    @Test
    void aMessageThatCameBackTooOftenGoesToTheDeadLetters() {
        group(1, config(3, Optional.of("dead")));
        queue(0).produce("poison");
        UUID session = open(node);
        for (int i = 0; i < 3; i++) {
            settle(node, session, receiveOne(node, session), AT_ONCE);
        }
        world.time.runFor(SECOND);

        List<DeadLetterTopics.Letter> letters =
                Objects.requireNonNull(world.queues.letters.get("dead"));
        assertEquals(1, letters.size());
        LogRecord letter = letters.getFirst().record();
        assertEquals("poison", text(letter));
        Map<String, String> headers = headers(letter);
        assertEquals("delivery-limit: no", headers.get("sluice-dead-letter-reason"));
        assertEquals("g", headers.get("sluice-dead-letter-group"));
        assertEquals("t", headers.get("sluice-dead-letter-topic"));
        assertEquals("0", headers.get("sluice-dead-letter-partition"));
        assertEquals("0", headers.get("sluice-dead-letter-offset"));
        assertEquals("3", headers.get("sluice-dead-letter-deliveries"));
        assertEquals(
                3,
                Objects.requireNonNull(headers.get("sluice-dead-letter-attempts")).lines().count());
        assertEquals(1, queue(0).done.size());
    }

    private static Map<String, String> headers(LogRecord record) {
        var headers = new TreeMap<String, String>();
        for (LogRecord.Header each : record.headers()) {
            headers.put(
                    each.name(),
                    StandardCharsets.UTF_8
                            .decode(Objects.requireNonNull(each.value()).duplicate())
                            .toString());
        }
        return headers;
    }

    @Test
    void aDeadLetterNeitherWaitsNorExpiresOnceMore() {
        group(1, config(3, Optional.of("dead")));
        var own = new ArrayList<LogRecord.Header>();
        for (String name : List.of("sluice-expires-at", "sluice-deliver-at", "mine")) {
            own.add(new LogRecord.Header(name, ByteBuffer.wrap(new byte[] {'1'})));
        }
        queue(0).append(new LogRecord(0, 1, null, ByteBuffer.wrap(new byte[] {'v'}), own));
        UUID session = open(node);
        settle(node, session, receiveOne(node, session), new Outcome.Reject("bad"));
        world.time.runFor(SECOND);

        LogRecord letter =
                Objects.requireNonNull(world.queues.letters.get("dead")).getFirst().record();

        assertEquals("1", headers(letter).get("mine"));
        assertFalse(headers(letter).containsKey("sluice-expires-at"));
        assertFalse(headers(letter).containsKey("sluice-deliver-at"));
    }

    @Test
    void aRejectedMessageWaitsUntilItsTopicTakesIt() {
        group(1, config(20, Optional.of("dead")));
        queue(0).produce("m");
        UUID session = open(node);
        world.queues.areTopicsAway = true;
        settle(node, session, receiveOne(node, session), new Outcome.Reject("bad order"));
        world.time.runFor(Duration.ofSeconds(5));
        assertEquals(0, queue(0).done.size());
        world.queues.areTopicsAway = false;
        world.time.runFor(Duration.ofSeconds(2));

        LogRecord letter =
                Objects.requireNonNull(world.queues.letters.get("dead")).getFirst().record();
        assertEquals("bad order", headers(letter).get("sluice-dead-letter-reason"));
        assertEquals(1, queue(0).done.size());
    }

    @Test
    void withoutATopicForThemDeadLettersAreDroppedAndCounted() {
        group(1, config(1, Optional.empty()));
        queue(0).produce("m");
        UUID session = open(node);
        settle(node, session, receiveOne(node, session), AT_ONCE);
        world.time.runFor(SECOND);

        assertEquals(1, count(node).dropped());
        assertEquals(1, queue(0).done.size());
        assertEquals(Map.of(), world.queues.letters);
    }

    @Test
    void theNextCoordinatorBuriesWhatTheOneBeforeLeft() {
        group(1, config(1, Optional.of("dead")));
        queue(0).produce("m");
        UUID session = open(node);
        world.queues.areTopicsAway = true;
        settle(node, session, receiveOne(node, session), AT_ONCE);
        Node next = world.node("b");
        next.epoch = 2;
        world.queues.areTopicsAway = false;
        count(next);
        world.time.runFor(Duration.ofSeconds(3));

        assertEquals(1, queue(0).done.size());
        assertTrue(world.queues.letters.containsKey("dead"));
    }

    @Test
    void aPausedGroupGivesNothingOutAlsoAtTheNextCoordinator() {
        group(1, config());
        queue(0).produce("a");
        queue(0).produce("b");
        UUID session = open(node);
        QueueReply.Message out = receiveOne(node, session);
        world.reply(node, new QueueRequest.Pause(true));
        assertEquals(List.of(), texts(receive(node, session, 1)));
        settle(node, session, out, ACK);
        world.reply(node, new GroupRequest.Put(config(5, Optional.empty()), false));
        assertTrue(count(node).config().isPaused());
        Node next = world.node("b");
        next.epoch = 2;
        UUID other = open(next);
        assertEquals(List.of(), texts(receive(next, other, 1)));
        world.reply(next, new QueueRequest.Pause(false));

        assertEquals(List.of("b"), texts(receive(next, other, 1)));
    }

    @Test
    void aPurgeLeavesWhatIsOut() {
        group(2, config());
        queue(0).produce("out");
        UUID session = open(node);
        QueueReply.Message out = receiveOne(node, session);
        for (int i = 0; i < 5; i++) {
            queue(i % 2).produce("m" + i);
        }

        assertEquals(new QueueReply.Purged(5), world.reply(node, new QueueRequest.Purge()));
        assertEquals(List.of(), texts(receive(node, session, 10)));
        settle(node, session, out, ACK);
        assertEquals(6, queue(0).done.size() + queue(1).done.size());
    }

    @Test
    void aResetGivesEverythingOutAgain() {
        group(1, config());
        world.ends("t", 0, 0, 2);
        queue(0).produce("a");
        queue(0).produce("b");
        UUID session = open(node);
        settle(node, session, receiveOne(node, session), ACK);
        receiveOne(node, session);
        var to = new GroupRequest.Target.Earliest();
        var dry =
                (GroupReply.Moved)
                        world.reply(node, new GroupRequest.Reset(to, List.of(), List.of(), true));
        assertEquals(1, dry.moves().getFirst().from().orElseThrow());
        assertEquals(0, dry.moves().getFirst().to());
        world.reply(node, new GroupRequest.Reset(to, List.of(), List.of(), false));
        world.time.runFor(SECOND);

        assertEquals(List.of("a", "b"), texts(receive(node, open(node), 10)));
    }

    @Test
    void messagesAreShownWithoutBeingChanged() {
        group(1, config());
        queue(0).produce("out");
        queue(0).produce("ready");
        receiveOne(node, open(node));
        var at = new TopicPartition("t", 0);
        var peeked =
                (QueueReply.Peeked)
                        world.reply(
                                node,
                                new QueueRequest.Peek(
                                        at,
                                        0,
                                        10,
                                        1 << 20,
                                        Set.of(MessageState.READY),
                                        MessageFilter.ALL));

        assertEquals("ready", text(peeked.page().messages().getFirst().record()));
        assertEquals(1, queue(0).backlog().ready());
        assertEquals(
                "unknown-partition",
                world.refusal(
                        node,
                        new QueueRequest.Peek(
                                new TopicPartition("t", 9), 0, 1, 1, Set.of(), MessageFilter.ALL)));
    }

    @Test
    void numbersTellSessionsAndPartitions() {
        group(2, config());
        queue(0).produce("a");
        queue(1).produce("b");
        receiveOne(node, open(node));
        QueueReply.Counted counted = count(node);

        assertEquals(1, counted.inFlight());
        assertEquals(1, counted.sessions().getFirst().inFlight());
        assertEquals(
                1,
                counted.partitions().stream()
                        .mapToLong(each -> each.numbers().orElseThrow().backlog().ready())
                        .sum());
    }

    @Test
    void newPartitionsAreTakenUpFromTheirBeginning() {
        QueueConfig usual = config();
        group(
                1,
                new QueueConfig(
                        usual.topics(),
                        new Start.Latest(),
                        usual.sessionTimeout(),
                        usual.reconnectGrace(),
                        usual.prefetch(),
                        usual.inFlightMax(),
                        usual.deliveryLimit(),
                        usual.backoff(),
                        usual.deadLetters(),
                        usual.onReject(),
                        usual.activeConsumer(),
                        false));
        UUID session = open(node);
        world.topic("t", 2);
        for (int i = 0; i < 5; i++) {
            world.reply(
                    node,
                    new QueueRequest.Beat(
                            List.of(new QueueRequest.Sign(session, Optional.empty(), -1))));
            world.time.runFor(SECOND);
        }
        queue(1).produce("m");

        assertEquals(List.of("m"), texts(receive(node, session, 1)));
    }

    @Test
    void whatIsForGroupsOfTheOtherTypeIsRefused() {
        group(1, config());

        assertEquals("wrong-group-type", world.refusal(node, LocalGroupsWorld.join()));
        assertEquals(
                "group-exists",
                world.refusal(node, new GroupRequest.Put(GroupConfig.stream(List.of("t")), false)));
        world.reply(node, new GroupRequest.Delete(false));
        world.reply(node, new GroupRequest.Put(GroupConfig.stream(List.of("t")), false));
        assertEquals("wrong-group-type", world.refusal(node, new QueueRequest.Count()));
    }

    @Test
    void settingsThatNoQueueCanHaveAreRefused() {
        world.topic("t", 1);
        assertEquals(
                "dead-letter-cycle",
                world.refusal(node, new GroupRequest.Put(config(1, Optional.of("t")), false)));
        assertEquals(
                "bad-group",
                world.refusal(node, new GroupRequest.Put(config(-1, Optional.empty()), false)));
        assertEquals(
                "bad-group",
                world.refusal(node, new GroupRequest.Put(config(1, Optional.of("a/b")), false)));
    }

    @Test
    void aGroupWithSessionsIsDeletedByForceOnly() {
        group(1, config());
        UUID session = open(node);

        assertEquals("group-has-members", world.refusal(node, new GroupRequest.Delete(false)));
        world.reply(node, new GroupRequest.Delete(true));
        assertEquals("unknown-group", world.refusal(node, take(session, -1, 1, SECOND)));
    }
}
