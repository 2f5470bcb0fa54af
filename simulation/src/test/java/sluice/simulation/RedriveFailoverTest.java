package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueReply.Redriving;
import sluice.consumer.group.QueueReply.Redriving.State;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.PartitionReply.Numbers;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicRecord;

/** Dead letters go back once each, whoever is lost while they do. */
class RedriveFailoverTest {

    private static final String DEAD = "jobs.dead-letters";
    private static final GroupName JOBS = new GroupName("default", "jobs");
    private static final GroupName DEAD_LETTERS = new GroupName("default", DEAD);
    private static final int PARTITIONS = 4;
    private static final int MESSAGES = 20;

    private final SimulatedCluster cluster = SimulatedCluster.running(43, 3);
    private final TopicRecord topic = cluster.createTopic("jobs", PARTITIONS);

    private SimulatedGateway any() {
        return cluster.up().getFirst();
    }

    /** Asks until there is an answer: gateways are lost meanwhile. */
    private GroupReply ask(GroupName group, GroupRequest request) {
        for (int i = 0; ; i++) {
            SimulatedGateway via = cluster.up().get(i % cluster.up().size());
            try {
                return cluster.await(via.engine().groups().call(group, request));
            } catch (SluiceException e) {
                if (i > 50 || e.kind() == SluiceException.Kind.INVALID) {
                    throw cluster.failure("no answer to " + request, e);
                }
                cluster.runFor(Duration.ofMillis(200));
            }
        }
    }

    @BeforeEach
    void allMessagesAreDeadLetters() {
        QueueConfig usual = GroupConfig.queue(List.of("jobs"));
        var config =
                new QueueConfig(
                        usual.topics(),
                        usual.start(),
                        usual.sessionTimeout(),
                        usual.reconnectGrace(),
                        usual.prefetch(),
                        usual.inFlightMax(),
                        usual.deliveryLimit(),
                        usual.backoff(),
                        Optional.of(DEAD),
                        usual.onReject(),
                        usual.activeConsumer(),
                        false);
        ask(JOBS, new GroupRequest.Put(config, false));
        for (int i = 0; i < MESSAGES; i++) {
            cluster.producer().append(any(), topic, i % PARTITIONS, "v" + i);
        }
        var open =
                new QueueRequest.Open(
                        Optional.empty(), Optional.empty(), 0, "c", any().id(), any().name());
        UUID session = ((QueueReply.Opened) ask(JOBS, open)).session();
        for (int taken = 0; taken < MESSAGES; ) {
            taken += reject(session);
        }
        until("the topic of dead letters", () -> find().isPresent());
        ask(
                DEAD_LETTERS,
                new GroupRequest.Put(GroupConfig.queue(List.of(DEAD)).withDeliveryLimit(0), false));
        until("all dead letters", () -> left() == MESSAGES);
    }

    private void until(String what, BooleanSupplier isSo) {
        for (int i = 0; !isSo.getAsBoolean(); i++) {
            if (i > 300) {
                throw cluster.failure("in vain: " + what, null);
            }
            cluster.runFor(Duration.ofMillis(200));
        }
    }

    private Optional<TopicRecord> find() {
        return cluster.await(any().engine().topics().find("default", DEAD));
    }

    private int reject(UUID session) {
        var receive =
                new QueueRequest.Receive(
                        Optional.of(session),
                        Optional.empty(),
                        -1,
                        MESSAGES,
                        1 << 20,
                        Duration.ofSeconds(2),
                        Optional.empty());
        var messages = ((QueueReply.Received) ask(JOBS, receive)).messages();
        if (!messages.isEmpty()) {
            var items =
                    messages.stream()
                            .map(each ->
                                    new QueueRequest.Item(
                                            each.delivery(), new Outcome.Reject("no")))
                            .toList();
            ask(JOBS, new QueueRequest.Settle(Optional.of(session), Optional.empty(), items));
        }
        return messages.size();
    }

    private QueueReply.Counted counted() {
        return (QueueReply.Counted) ask(DEAD_LETTERS, new QueueRequest.Count());
    }

    /** Dead letters that are not dealt with; −1 if their owner does not say. */
    private long left() {
        Optional<Numbers> numbers = counted().partitions().getFirst().numbers();
        return numbers.map(each -> each.backlog().ready()).orElse(-1L);
    }

    private SimulatedGateway coordinator() {
        UUID node = counted().coordinator();
        return cluster.up().stream()
                .filter(each -> each.id().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private void begin(int perSecond) {
        ask(
                DEAD_LETTERS,
                new QueueRequest.Redrive(
                        new RedriveOrder(
                                List.of(),
                                MessageFilter.ALL,
                                OptionalLong.empty(),
                                perSecond,
                                new RedriveOrder.Target.Origin())));
    }

    private Redriving status() {
        return (Redriving) ask(DEAD_LETTERS, new QueueRequest.RedriveStatus(false));
    }

    private Redriving ended() {
        until("the end of a redrive", () -> status().state() != State.RUNNING);
        return status();
    }

    /** Each is in its partition once more, and once only. */
    private void assertAllCameBackOnce() {
        var found = new ArrayList<String>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            long at = MESSAGES / PARTITIONS;
            while (true) {
                var fetched =
                        cluster.await(
                                any().engine().fetch(topic, partition, at, 1 << 20, Duration.ZERO));
                for (SimulatedProducer.Found each : SimulatedProducer.records(fetched.batches())) {
                    if (each.offset() >= at) {
                        found.add(partition + " " + each.value());
                        at = each.offset() + 1;
                    }
                }
                if (at >= fetched.highWatermark()) {
                    break;
                }
            }
        }
        assertEquals(
                IntStream.range(0, MESSAGES)
                        .mapToObj(i -> i % PARTITIONS + " v" + i)
                        .sorted()
                        .toList(),
                found.stream().sorted().toList());
        assertEquals(0, left());
    }

    @Test
    void allComeBackAsFastAsItGoes() {
        begin(0);

        Redriving end = ended();

        assertEquals(State.DONE, end.state(), end::toString);
        assertEquals(MESSAGES, end.moved());
        assertAllCameBackOnce();
    }

    @Test
    void theNextCoordinatorGoesOnWhenItIsAskedAgain() {
        begin(5);
        cluster.runFor(Duration.ofMillis(1_500));
        coordinator().crash();
        assertEquals(State.NONE, ended().state());

        begin(0);

        assertEquals(State.DONE, ended().state());
        assertAllCameBackOnce();
    }

    @Test
    void theOwnerOfTheDeadLettersIsLostInTheMidst() {
        begin(5);
        cluster.runFor(Duration.ofMillis(1_500));
        cluster.ownerOf(find().orElseThrow(), 0).crash();

        if (ended().state() == State.NONE) {
            // It was the coordinator too.
            begin(0);
        }

        assertEquals(State.DONE, ended().state());
        assertAllCameBackOnce();
    }

    @Test
    void theOwnerOfWhereTheyCameFromIsLostInTheMidst() {
        begin(5);
        cluster.runFor(Duration.ofMillis(1_500));
        cluster.ownerOf(topic, 2).crash();

        if (ended().state() == State.NONE) {
            begin(0);
        }

        assertEquals(State.DONE, ended().state());
        assertAllCameBackOnce();
    }
}
