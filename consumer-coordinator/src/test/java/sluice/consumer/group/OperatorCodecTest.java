package sluice.consumer.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.consumer.group.QueueReply.Redriving;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.MessageFilter;

/** What operators ask of queue groups, on its way between gateways. */
class OperatorCodecTest {

    private static final GroupName GROUP = new GroupName("default", "g");
    private static final UUID ID = new UUID(1, 2);
    private static final TopicPartition PARTITION = new TopicPartition("t", 3);
    private static final MessageFilter FILTER =
            new MessageFilter(
                    Optional.of(bytes("key")),
                    List.of(
                            new MessageFilter.HeaderIs("h", Optional.of(bytes("v"))),
                            new MessageFilter.HeaderIs("any", Optional.empty())),
                    OptionalLong.of(-5),
                    OptionalLong.of(1L << 50));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<QueueRequest> requests() {
        return Stream.of(
                new QueueRequest.Peek(PARTITION, 5, 6, 7, Set.of(), FILTER),
                new QueueRequest.Redrive(
                        new RedriveOrder(
                                List.of(new RedriveOrder.Place(3, 1L << 40)),
                                FILTER,
                                OptionalLong.of(5),
                                100,
                                new RedriveOrder.Target.Topic("other"))),
                new QueueRequest.Redrive(order(new RedriveOrder.Target.Origin())),
                new QueueRequest.Redrive(order(new RedriveOrder.Target.Nowhere())),
                new QueueRequest.RedriveStatus(true),
                new QueueRequest.Sessions(Optional.of(ID), Optional.of("c")),
                new QueueRequest.Sessions(Optional.empty(), Optional.empty()));
    }

    private static RedriveOrder order(RedriveOrder.Target target) {
        return new RedriveOrder(List.of(), MessageFilter.ALL, OptionalLong.empty(), 0, target);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestArrivesAsItWasSent(QueueRequest request) {
        assertEquals(
                new GroupCodec.Asked(GROUP, request),
                GroupCodec.decodeRequest(GroupCodec.encode(GROUP, request)));
    }

    static Stream<QueueReply> replies() {
        var session = new QueueReply.Session(ID, "c", "g", 1, 2, true, false, Duration.ofMillis(5));
        return Stream.of(
                Redriving.NONE,
                new Redriving(Redriving.State.FAILED, 1, 2, 3, OptionalLong.of(4), "why"),
                new QueueReply.SessionsTold(
                        List.of(
                                new QueueReply.Holder(session, List.of()),
                                new QueueReply.Holder(
                                        session,
                                        List.of(
                                                new QueueReply.Held(
                                                        new DeliveryId(1, 2, 3, 4),
                                                        PARTITION,
                                                        2,
                                                        3,
                                                        OptionalLong.of(4),
                                                        OptionalLong.empty()))))));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyArrivesAsItWasSent(QueueReply reply) {
        var parts = GroupCodec.encode(reply);
        var whole = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(each -> whole.put(each.duplicate()));

        assertEquals(reply, GroupCodec.decodeReply(whole.flip()));
    }
}
