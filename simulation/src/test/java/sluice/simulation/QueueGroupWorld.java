package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicRecord;

/** A queue group on three gateways, and short words for what its sessions do. */
abstract class QueueGroupWorld {

    static final GroupName GROUP = new GroupName("default", "jobs");
    static final String DEAD = "jobs.dead-letters";
    static final Outcome ACK = new Outcome.Acknowledge();
    static final int PARTITIONS = 4;
    static final Duration WAIT = Duration.ofSeconds(2);

    final SimulatedCluster cluster = SimulatedCluster.running(41, 3);
    final TopicRecord topic = cluster.createTopic("jobs", PARTITIONS);
    Optional<SimulatedGateway> asleep = Optional.empty();

    CompletionStage<GroupReply> call(SimulatedGateway via, GroupRequest request) {
        return via.engine().groups().call(GROUP, request);
    }

    GroupReply ask(SimulatedGateway via, GroupRequest request) {
        return cluster.await(call(via, request));
    }

    List<SimulatedGateway> awake() {
        return cluster.up().stream().filter(each -> asleep.orElse(null) != each).toList();
    }

    SimulatedGateway any() {
        return awake().getFirst();
    }

    SimulatedGateway other(SimulatedGateway than) {
        return awake().stream().filter(each -> each != than).findFirst().orElseThrow();
    }

    /** The group, and so many messages that it has not given out. */
    void messages(int count) {
        messages(count, QueueConfig.ActiveConsumer.ALL);
    }

    void messages(int count, QueueConfig.ActiveConsumer active) {
        messages(count, config(active));
    }

    static QueueConfig config(QueueConfig.ActiveConsumer active) {
        return new QueueConfig(
                List.of("jobs"),
                new GroupConfig.Start.Earliest(),
                Duration.ofSeconds(8),
                Duration.ofSeconds(20),
                1,
                1_000,
                20,
                QueueConfig.Backoff.USUAL,
                Optional.of(DEAD),
                QueueConfig.OnReject.DEAD_LETTER,
                active,
                false);
    }

    void messages(int count, QueueConfig config) {
        ask(any(), new GroupRequest.Put(config, false));
        for (int i = 0; i < count; i++) {
            cluster.producer().append(any(), topic, i % PARTITIONS, "v" + i);
        }
    }

    QueueReply.Opened open(SimulatedGateway via, Optional<QueueRequest.Resume> resume) {
        var request = new QueueRequest.Open(resume, Optional.empty(), 0, "c", via.id(), via.name());
        return (QueueReply.Opened) ask(via, request);
    }

    UUID open(SimulatedGateway via) {
        return open(via, Optional.empty()).session();
    }

    QueueReply.Opened resumed(SimulatedGateway via, UUID session, List<QueueReply.Message> held) {
        return open(via, Optional.of(new QueueRequest.Resume(session, ids(held))));
    }

    static List<DeliveryId> ids(List<QueueReply.Message> messages) {
        return messages.stream().map(QueueReply.Message::delivery).toList();
    }

    static QueueRequest.Receive receive(UUID session, long received, int max) {
        return new QueueRequest.Receive(
                Optional.of(session),
                Optional.empty(),
                received,
                max,
                1 << 20,
                WAIT,
                Optional.empty());
    }

    /** So many messages, through all gateways in turn. */
    List<QueueReply.Message> take(UUID session, int count) {
        var taken = new ArrayList<QueueReply.Message>();
        for (int i = 0; taken.size() < count; i++) {
            if (i > 30) {
                throw cluster.failure("messages do not come: taken=" + taken.size(), null);
            }
            SimulatedGateway via = awake().get(i % awake().size());
            var request = receive(session, -1, count - taken.size());
            taken.addAll(((QueueReply.Received) ask(via, request)).messages());
        }
        return taken;
    }

    /** Nothing is ready for another session. */
    void assertNothingIsReady() {
        SimulatedGateway via = any();
        UUID other = open(via);
        assertEquals(List.of(), ((QueueReply.Received) ask(via, receive(other, -1, 9))).messages());
        ask(via, new QueueRequest.Close(other, Optional.empty()));
    }

    List<QueueReply.Result> settle(
            SimulatedGateway via,
            UUID session,
            List<QueueReply.Message> messages,
            Outcome outcome) {
        var items =
                messages.stream()
                        .map(each -> new QueueRequest.Item(each.delivery(), outcome))
                        .toList();
        var request = new QueueRequest.Settle(Optional.of(session), Optional.empty(), items);
        return ((QueueReply.Settled) ask(via, request)).results();
    }

    void acknowledged(UUID session, List<QueueReply.Message> messages) {
        List<QueueReply.Result> done =
                Collections.nCopies(messages.size(), new QueueReply.Result.Done());
        assertEquals(done, settle(any(), session, messages, ACK));
    }

    QueueReply.Counted counted() {
        return (QueueReply.Counted) ask(any(), new QueueRequest.Count());
    }

    SimulatedGateway coordinator() {
        UUID node = counted().coordinator();
        return cluster.up().stream()
                .filter(each -> each.id().equals(node))
                .findFirst()
                .orElseThrow();
    }

    /** All that was written is done, and nobody has anything. */
    void assertAllDone(int messages) {
        QueueReply.Counted counted = counted();
        long floors = 0;
        for (QueueReply.Partition each : counted.partitions()) {
            floors += each.numbers().orElseThrow().floor();
        }
        assertEquals(messages, floors);
        assertEquals(0, counted.inFlight());
    }

    /** The values of all dead letters. */
    List<String> letters() {
        TopicRecord dead =
                cluster.await(any().engine().topics().find("default", DEAD)).orElseThrow();
        var letters = new ArrayList<String>();
        long at = 0;
        while (true) {
            var found = cluster.await(any().engine().fetch(dead, 0, at, 1 << 20, Duration.ZERO));
            for (SimulatedProducer.Found each : SimulatedProducer.records(found.batches())) {
                if (each.offset() >= at) {
                    letters.add(each.value());
                    at = each.offset() + 1;
                }
            }
            if (at >= found.highWatermark()) {
                return letters;
            }
        }
    }
}
