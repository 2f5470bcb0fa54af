package sluice.consumer.coordinator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;

/** A queue group of one topic, and consumers that call. */
abstract class QueuesWorld {

    static final UUID GATEWAY = new UUID(5, 5);
    static final Outcome ACK = new Outcome.Acknowledge();
    static final Duration SECOND = Duration.ofSeconds(1);

    final CoordinatorWorld world = new CoordinatorWorld(1);
    final Node node = world.node("a");

    static QueueConfig config() {
        return GroupConfig.queue(List.of("t"));
    }

    static QueueConfig config(int deliveryLimit, Optional<String> deadLetters) {
        return config(GroupConfig.queue(List.of("t")), deliveryLimit, deadLetters);
    }

    private static QueueConfig config(
            QueueConfig usual, int deliveryLimit, Optional<String> deadLetters) {
        return new QueueConfig(
                usual.topics(),
                usual.start(),
                usual.sessionTimeout(),
                usual.reconnectGrace(),
                usual.prefetch(),
                usual.inFlightMax(),
                deliveryLimit,
                usual.backoff(),
                deadLetters,
                usual.onReject(),
                usual.activeConsumer(),
                false);
    }

    static QueueConfig config(List<String> topics, Optional<String> deadLetters) {
        QueueConfig usual = GroupConfig.queue(topics);
        return config(usual, usual.deliveryLimit(), deadLetters);
    }

    void group(int partitions, GroupConfig config) {
        world.topic("t", partitions);
        world.reply(node, new GroupRequest.Put(config, false));
        world.time.runFor(SECOND);
    }

    MemoryQueue queue(int partition) {
        return world.queues.queue(partition);
    }

    UUID open(Node at) {
        return open(at, Optional.empty());
    }

    UUID open(Node at, Optional<QueueRequest.Resume> resume) {
        return ((QueueReply.Opened)
                        world.reply(
                                at,
                                new QueueRequest.Open(
                                        resume, Optional.empty(), 0, "c", GATEWAY, "g")))
                .session();
    }

    static QueueRequest.Receive take(UUID session, long received, int max, Duration wait) {
        return new QueueRequest.Receive(
                Optional.of(session),
                Optional.empty(),
                received,
                max,
                1 << 20,
                wait,
                Optional.empty());
    }

    QueueReply.Received receive(Node at, UUID session, int max) {
        return (QueueReply.Received) world.reply(at, take(session, -1, max, SECOND));
    }

    QueueReply.Message receiveOne(Node at, UUID session) {
        return receive(at, session, 1).messages().getFirst();
    }

    static QueueRequest.Settle settling(Optional<UUID> session, DeliveryId id, Outcome outcome) {
        return new QueueRequest.Settle(
                session, Optional.empty(), List.of(new QueueRequest.Item(id, outcome)));
    }

    QueueReply.Result settle(Node at, UUID session, QueueReply.Message message, Outcome outcome) {
        GroupReply reply =
                world.reply(at, settling(Optional.of(session), message.delivery(), outcome));
        return ((QueueReply.Settled) reply).results().getFirst();
    }

    QueueReply.Counted count(Node at) {
        return (QueueReply.Counted) world.reply(at, new QueueRequest.Count());
    }

    static String text(LogRecord record) {
        return StandardCharsets.UTF_8
                .decode(Objects.requireNonNull(record.value()).duplicate())
                .toString();
    }

    static List<String> texts(QueueReply.Received received) {
        return received.messages().stream().map(each -> text(each.record())).toList();
    }

    static GroupReply now(CompletableFuture<sluice.log.lane.Outcome<GroupReply>> answer) {
        return CoordinatorWorld.reply(answer.join());
    }
}
