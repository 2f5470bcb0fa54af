package sluice.consumer.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;

class GroupCodecTest {

    private static final UUID ID = new UUID(1, 2);
    private static final Optional<UUID> CONNECTION = Optional.of(new UUID(3, 4));
    private static final TopicPartition PARTITION = new TopicPartition("örders", 7);
    private static final GroupName GROUP = new GroupName("default", "g");
    private static final StreamConfig CONFIG =
            new StreamConfig(
                    List.of("a", "b*"),
                    new GroupConfig.Start.Timestamp(5),
                    GroupConfig.Delivery.AT_MOST_ONCE,
                    Duration.ofSeconds(8),
                    Duration.ofMillis(1234));
    private static final QueueConfig QUEUE =
            new QueueConfig(
                    List.of("jobs"),
                    new GroupConfig.Start.Offset(5),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(20),
                    1,
                    100,
                    20,
                    QueueConfig.Backoff.USUAL,
                    Optional.of("dead"),
                    QueueConfig.OnReject.DROP,
                    QueueConfig.ActiveConsumer.SINGLE,
                    true);
    private static final DeliveryId DELIVERY = new DeliveryId(5, 6, 7, 8);
    private static final LogRecord RECORD =
            new LogRecord(
                    7,
                    9,
                    null,
                    bytes("value"),
                    List.of(
                            new LogRecord.Header("a", bytes("b")),
                            new LogRecord.Header("c", null)));
    private static final Hold HOLD =
            new Hold(
                    PARTITION,
                    9,
                    10,
                    Hold.State.REVOKING,
                    OptionalLong.of(11),
                    Duration.ofMillis(12));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static QueueRequest.Item item(Settlement.Outcome outcome) {
        return new QueueRequest.Item(DELIVERY, outcome);
    }

    static Stream<GroupRequest> requests() {
        return Stream.of(
                new GroupRequest.Put(CONFIG, true),
                new GroupRequest.Put(GroupConfig.stream(List.of("t")), false),
                new GroupRequest.Put(GroupConfig.queue(List.of("t")), false),
                new GroupRequest.Put(QUEUE, false),
                new GroupRequest.Put(
                        QUEUE.withChoice(
                                new QueueConfig.Choice(
                                        true,
                                        true,
                                        QueueConfig.OnExpiry.DEAD_LETTER,
                                        Optional.of(
                                                new QueueConfig.Tenants(
                                                        "tenant", 7, Map.of("ann", 3))))),
                        false),
                new QueueRequest.Open(
                        Optional.of(new QueueRequest.Resume(ID, List.of(DELIVERY))),
                        CONNECTION,
                        7,
                        "c",
                        ID,
                        "g"),
                new QueueRequest.Open(Optional.empty(), Optional.empty(), -1, "", ID, ""),
                new QueueRequest.Receive(
                        Optional.of(ID),
                        CONNECTION,
                        -1,
                        10,
                        1000,
                        Duration.ofSeconds(20),
                        Optional.of(Duration.ofSeconds(30))),
                new QueueRequest.Settle(
                        Optional.of(ID),
                        CONNECTION,
                        List.of(
                                item(new Settlement.Outcome.Acknowledge()),
                                item(
                                        new Settlement.Outcome.Release(
                                                Optional.of(Duration.ofSeconds(1)), "r")),
                                item(new Settlement.Outcome.Release(Optional.empty(), "")),
                                item(new Settlement.Outcome.NotDelivered()),
                                item(new Settlement.Outcome.Reject("bad")),
                                item(new Settlement.Outcome.Extend(Duration.ofSeconds(9))))),
                new QueueRequest.Beat(List.of(new QueueRequest.Sign(ID, CONNECTION, 3))),
                new QueueRequest.Close(ID, CONNECTION),
                new QueueRequest.Peek(
                        PARTITION,
                        5,
                        6,
                        7,
                        Set.of(PartitionRequest.MessageState.DELAYED),
                        MessageFilter.ALL),
                new QueueRequest.Count(),
                new QueueRequest.Pause(true),
                new QueueRequest.Purge(),
                new GroupRequest.Describe(true),
                new GroupRequest.Delete(true),
                new GroupRequest.Join(
                        Optional.of("i"),
                        Optional.of(new GroupRequest.Resume(ID, 6)),
                        CONNECTION,
                        "client",
                        "gateway"),
                new GroupRequest.Join(Optional.empty(), Optional.empty(), Optional.empty(), "", ""),
                new GroupRequest.Heartbeat(
                        ID, CONNECTION, -1, List.of(PARTITION), Duration.ofMillis(3), true),
                new GroupRequest.Leave(ID, CONNECTION, GroupRequest.Leave.Reason.SILENT),
                new GroupRequest.Commit(
                        Optional.of(ID), CONNECTION, 4, List.of(new PartitionOffset(PARTITION, 8))),
                new GroupRequest.Offsets(),
                reset(new GroupRequest.Target.Earliest()),
                reset(new GroupRequest.Target.Latest()),
                reset(new GroupRequest.Target.Offset(1L << 40)),
                reset(new GroupRequest.Target.Timestamp(77)),
                reset(new GroupRequest.Target.Back(Duration.ofHours(1))),
                new GroupRequest.Poll(ID, 3, 4, 5, 6, Duration.ofMillis(7)));
    }

    private static GroupRequest reset(GroupRequest.Target target) {
        return new GroupRequest.Reset(target, List.of("t"), List.of(1, 2), true);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestArrivesAsItWasSent(GroupRequest request) {
        assertEquals(
                new GroupCodec.Asked(GROUP, request),
                GroupCodec.decodeRequest(GroupCodec.encode(GROUP, request)));
    }

    static Stream<GroupReply> replies() {
        ByteBuffer batch = ByteBuffer.wrap(new byte[] {1, 2, 3});
        return Stream.of(
                new QueueReply.Opened(ID, 3, QUEUE, List.of(DELIVERY)),
                new QueueReply.Received(
                        4,
                        List.of(
                                new QueueReply.Message(
                                        DELIVERY, PARTITION, 2, 17, OptionalLong.of(18), RECORD))),
                new QueueReply.Settled(
                        List.of(
                                new QueueReply.Result.Done(),
                                new QueueReply.Result.Refused(
                                        Settlement.Refusal.LEASE_EXPIRED, "gone"),
                                new QueueReply.Result.Failed(
                                        SluiceException.Kind.UNKNOWN_OUTCOME, "c", "m"))),
                new QueueReply.Beaten(List.of(ID)),
                new QueueReply.Peeked(
                        new PartitionReply.Peeked(
                                List.of(
                                        new PartitionReply.Peeked.Message(
                                                RECORD,
                                                PartitionRequest.MessageState.LEASED,
                                                3,
                                                Optional.of(ID),
                                                OptionalLong.of(4),
                                                List.of(
                                                        new Attempt(
                                                                1,
                                                                2,
                                                                3,
                                                                Attempt.Why.RELEASED,
                                                                "r"))),
                                        new PartitionReply.Peeked.Message(
                                                RECORD,
                                                PartitionRequest.MessageState.BEHIND,
                                                0,
                                                Optional.empty(),
                                                OptionalLong.empty(),
                                                List.of(),
                                                Optional.of(
                                                        new PartitionReply.Peeked.Head(
                                                                5,
                                                                OptionalLong.of(6),
                                                                Optional.of(ID),
                                                                OptionalLong.of(7))))),
                                9,
                                true)),
                new QueueReply.Counted(
                        QUEUE,
                        1,
                        ID,
                        2,
                        3,
                        List.of(
                                new QueueReply.Session(
                                        ID, "c", "g", 1, 2, true, false, Duration.ofMillis(5))),
                        List.of(
                                new QueueReply.Partition(PARTITION, Optional.empty()),
                                new QueueReply.Partition(
                                        PARTITION,
                                        Optional.of(
                                                new PartitionReply.Numbers(
                                                        new PartitionReply.Backlog(
                                                                1,
                                                                2,
                                                                3,
                                                                4,
                                                                OptionalLong.of(5),
                                                                true,
                                                                15,
                                                                -1,
                                                                16),
                                                        6,
                                                        7,
                                                        8,
                                                        9,
                                                        10,
                                                        11,
                                                        OptionalLong.empty(),
                                                        12,
                                                        List.of(
                                                                new PartitionReply.Tenant(
                                                                        "ann", 13, 14))))))),
                new QueueReply.Purged(12),
                new GroupReply.Done(),
                new GroupReply.Stored(true, CONFIG),
                new GroupReply.Joined(ID, 5, CONFIG, List.of(HOLD)),
                new GroupReply.Holds(6, List.of(HOLD, HOLD)),
                new GroupReply.Committed(7),
                new GroupReply.Offsets(List.of(new PartitionOffset(PARTITION, 8))),
                new GroupReply.Moved(
                        true,
                        List.of(
                                new GroupReply.Move(
                                        PARTITION, OptionalLong.empty(), 4, true, 3, 9))),
                new GroupReply.Described(
                        new GroupDescription(
                                CONFIG,
                                1,
                                2,
                                ID,
                                List.of(
                                        new GroupDescription.Member(
                                                ID,
                                                Optional.of("i"),
                                                "c",
                                                "g",
                                                3,
                                                Duration.ofMillis(4),
                                                List.of(PARTITION),
                                                List.of())),
                                List.of(
                                        new GroupDescription.Partition(
                                                PARTITION,
                                                OptionalLong.of(5),
                                                OptionalLong.empty(),
                                                OptionalLong.of(6),
                                                Optional.of(ID))))),
                new GroupReply.Polled(
                        3,
                        8,
                        List.of(HOLD),
                        List.of(
                                new GroupReply.Slice(PARTITION, 1, 2, 3, List.of(batch, batch)),
                                new GroupReply.Slice(PARTITION, 4, 5, 6, List.of(batch))),
                        List.of(new GroupReply.Skip(PARTITION, 7, 8))));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyArrivesAsItWasSent(GroupReply reply) {
        assertEquals(reply, GroupCodec.decodeReply(bytes(reply)));
    }

    private static ByteBuffer bytes(GroupReply reply) {
        List<ByteBuffer> buffers = GroupCodec.encode(reply);
        var all = ByteBuffer.allocate(buffers.stream().mapToInt(ByteBuffer::remaining).sum());
        buffers.forEach(each -> all.put(each.duplicate()));
        return all.flip();
    }

    @Test
    void theBytesStandStill() {
        var leave = new GroupRequest.Leave(ID, Optional.empty(), GroupRequest.Leave.Reason.CLOSED);

        assertEquals(
                "0000000764656661756c74"
                        + "0000000167"
                        + "06"
                        + "00000000000000010000000000000002"
                        + "00"
                        + "01",
                HexFormat.of().formatHex(GroupCodec.encode(GROUP, leave).array()));
        assertEquals(
                "450000000000000007",
                HexFormat.of().formatHex(bytes(new GroupReply.Committed(7)).array()));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestThatIsCutOffIsRefused(GroupRequest request) {
        ByteBuffer whole = GroupCodec.encode(GROUP, request);
        for (int length = 0; length < whole.remaining(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            var refused = assertThrows(SluiceException.class, () -> GroupCodec.decodeRequest(cut));
            assertEquals("malformed-frame", refused.code());
        }
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyThatIsCutOffIsRefused(GroupReply reply) {
        ByteBuffer whole = bytes(reply);
        for (int length = 0; length < whole.remaining(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            var refused = assertThrows(SluiceException.class, () -> GroupCodec.decodeReply(cut));
            assertEquals("malformed-frame", refused.code());
        }
    }

    @Test
    void numbersThatCannotBeAreRefused() {
        byte[] leave =
                GroupCodec.encode(
                                GROUP,
                                new GroupRequest.Leave(
                                        ID, Optional.empty(), GroupRequest.Leave.Reason.LEFT))
                        .array();
        leave[leave.length - 1] = 9;
        assertThrows(SluiceException.class, () -> GroupCodec.decodeRequest(ByteBuffer.wrap(leave)));
        leave[16] = 99;
        assertThrows(SluiceException.class, () -> GroupCodec.decodeRequest(ByteBuffer.wrap(leave)));
        byte[] huge = {0x7f, -1, -1, -1};
        assertThrows(SluiceException.class, () -> GroupCodec.decodeRequest(ByteBuffer.wrap(huge)));
    }
}
