package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.consumer.queue.Attempt.Why;
import sluice.log.SluiceException;

class ChangeCodecTest {

    private static final UUID SESSION = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

    static Stream<Change> changes() {
        var message =
                new Message(
                        9,
                        Message.State.RETURNED,
                        3,
                        Optional.empty(),
                        2,
                        1,
                        1_000,
                        2_000,
                        OptionalLong.empty(),
                        5_000,
                        Why.RELEASED,
                        "not now",
                        List.of(new Attempt(3, 1_000, 2_000, Why.RELEASED, "not now")),
                        Mark.PLAIN);
        return Stream.of(
                new Change.Reset(1_000, 42),
                new Change.Attached(7, QueuePolicy.DEFAULT),
                new Change.Acquired(
                        1_000,
                        Optional.of(SESSION),
                        OptionalLong.of(3_000),
                        8,
                        300,
                        List.of(299L, 3L),
                        List.of()),
                new Change.Acquired(
                        0, Optional.empty(), OptionalLong.empty(), 0, 0, List.of(), List.of()),
                new Change.Acknowledged(List.of(new Change.Ref(300, 8), new Change.Ref(2, 9))),
                new Change.Returned(
                        1_000,
                        Why.SESSION_ENDED,
                        "",
                        List.of(
                                new Change.Back(300, 8, Change.Back.AT_ONCE),
                                new Change.Back(2, 9, 1_900))),
                new Change.Died(1_000, Why.REJECTED, "schlecht: ü", List.of(new Change.Ref(1, 2))),
                new Change.Extended(List.of(new Change.Ref(1, 2)), 9_000),
                new Change.Dropped(List.of(5L, 1L << 40)),
                new Change.Purged(9),
                new Change.Skipped(9),
                new Change.Retained(86_400_000),
                new Change.SnapshotBegin(
                        new Change.Numbers(
                                -1,
                                0,
                                -1,
                                new QueuePolicy(
                                        0,
                                        new QueuePolicy.Backoff(
                                                Duration.ofSeconds(1),
                                                Duration.ofSeconds(9),
                                                false,
                                                0.5)),
                                -1,
                                0,
                                0,
                                0)),
                new Change.SnapshotMessages(List.of(message)),
                new Change.SnapshotSettled(
                        List.of(new Change.Settled(1, 2, Change.Settled.As.RELEASED_DEAD))),
                new Change.SnapshotEnd(),
                new Change.Placed(1_000, 300, spots(), true, List.of(7L, 9L)),
                new Change.Due(1_000),
                new Change.Expired(1_000, false, List.of(7L)),
                new Change.Trimmed(300),
                new Change.SnapshotWaiting(spots()));
    }

    private static List<Spot> spots() {
        var ann = new Line(9, "ann");
        return List.of(
                new Spot.Ready(Line.PLAIN, List.of(new Spot.Run(290, 4), new Spot.Run(297, 1))),
                new Spot.Heads(ann, List.of(new Spot.Head(296, -5), new Spot.Head(3, 6))),
                new Spot.Behind(ann, -5, List.of(new Spot.Run(298, 1_000_000))),
                new Spot.Later(
                        new Line(0, ""),
                        List.of(new Spot.Late(294, 5_000, 0), new Spot.Late(295, 4_000, 8))));
    }

    /** With what queues that are not plain have at the end. */
    static Stream<Change> notPlain() {
        var choice =
                new QueueChoice(
                        true,
                        false,
                        true,
                        Optional.of(new QueueChoice.Tenants("tenant", 5, Map.of("ann", 3))));
        QueuePolicy policy = QueuePolicy.DEFAULT.with(choice);
        var mark = new Mark(new Line(9, "ann"), -5);
        return Stream.of(
                new Change.Attached(7, policy),
                new Change.Acquired(
                        1_000,
                        Optional.empty(),
                        OptionalLong.empty(),
                        8,
                        300,
                        List.of(299L, 3L, 4L),
                        List.of(
                                new Change.Of(new Line(9, "ann"), 1),
                                new Change.Of(Line.PLAIN, 2))),
                new Change.SnapshotBegin(new Change.Numbers(5, 6, 7, policy, 8, 9, 10, 11)),
                new Change.SnapshotMessages(List.of(Message.expired(3, null, 1_000).with(mark))));
    }

    @ParameterizedTest
    @MethodSource("notPlain")
    void whatWasWrittenOfAQueueThatIsNotPlainIsRead(Change change) {
        byte[] encoded = ChangeCodec.encode(change);

        assertEquals(change, ChangeCodec.decode(ByteBuffer.wrap(encoded)));
        assertEquals(
                change,
                ChangeCodec.decode(ByteBuffer.wrap(Arrays.copyOf(encoded, encoded.length + 5))));
    }

    @Test
    void theBytesOfQueuesThatAreNotPlainArePinned() {
        String all =
                String.join(
                        "\n",
                        notPlain()
                                .map(each -> HexFormat.of().formatHex(ChangeCodec.encode(each)))
                                .toList());
        assertEquals(PINNED_NOT_PLAIN.strip(), all);
    }

    @Test
    void linesThatAreNotOfAllOffsetsAreDamage() {
        byte[] encoded = ChangeCodec.encode(notPlain().skip(1).findFirst().orElseThrow());
        encoded[encoded.length - 1] = 9;

        damaged(encoded);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatWasWrittenIsRead(Change change) {
        assertEquals(change, ChangeCodec.decode(ByteBuffer.wrap(ChangeCodec.encode(change))));
    }

    @Test
    void theBytesArePinned() {
        String all =
                String.join(
                        "\n",
                        changes()
                                .map(each -> HexFormat.of().formatHex(ChangeCodec.encode(each)))
                                .toList());
        assertEquals(PINNED.strip(), all);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void fieldsOfALaterVersionArePassedOver(Change change) {
        byte[] encoded = ChangeCodec.encode(change);
        byte[] longer = Arrays.copyOf(encoded, encoded.length + 5);

        assertEquals(change, ChangeCodec.decode(ByteBuffer.wrap(longer)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatIsCutOffIsToldAsDamaged(Change change) {
        byte[] encoded = ChangeCodec.encode(change);
        for (int length = 0; length < encoded.length; length++) {
            damaged(Arrays.copyOf(encoded, length));
        }
    }

    @Test
    void anUnknownChangeIsToldAsDamaged() {
        damaged(new byte[] {99});
    }

    private static void damaged(byte[] bytes) {
        var error =
                assertThrows(
                        SluiceException.class, () -> ChangeCodec.decode(ByteBuffer.wrap(bytes)));
        assertEquals(SluiceException.Kind.DATA, error.kind());
        assertEquals("corrupt-queue-state", error.code());
    }

    private static final String PINNED =
            """
            01e8072a
            020714e807e0a712013fc999999999999a
            03e807010102030405060708090a0b0c0d0e0f1001b81708ac0202d604cf04
            03000000000000
            0402d80410d30402
            05e807020002d8041000d30402880e
            06e807050c7363686c656368743a20c3bc010204
            07010204a846
            08020af6ffffffff3f
            0909
            0a09
            0b80b89929
            1001000100e807a846003fe0000000000000010000
            1101090103000201e807d00f00882700076e6f74206e6f770103e807d00f00076e6f74206e6f77
            1201010204
            13
            0ce807ac020400040002c404040601010903616e6e02d004fffffffffffffffbc9040000000000000006020903616e6efffffffffffffffb01d404c0843d03000002cc04904e000000000000000002cf0f000000000000000801020e04
            0de807
            0ee80700010e
            0fac02
            140400040002c404040601010903616e6e02d004fffffffffffffffbc9040000000000000006020903616e6efffffffffffffffb01d404c0843d03000002cc04904e000000000000000002cf0f0000000000000008
            """;

    private static final String PINNED_NOT_PLAIN =
            """
            020714e807e0a712013fc999999999999a010001010674656e616e74050103616e6e03
            03e807000008ac0203d604cf0402020903616e6e01040002
            100a060e14e807e0a712013fc999999999999a10090a010001010674656e616e74050103616e6e030b
            1101030200000000e807e8070000060000010903616e6efffffffffffffffb
            """;
}
