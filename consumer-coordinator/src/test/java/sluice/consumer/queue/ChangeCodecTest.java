package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
                        List.of(new Attempt(3, 1_000, 2_000, Why.RELEASED, "not now")));
        return Stream.of(
                new Change.Reset(1_000, 42),
                new Change.Attached(7, QueuePolicy.DEFAULT),
                new Change.Acquired(
                        1_000,
                        Optional.of(SESSION),
                        OptionalLong.of(3_000),
                        8,
                        300,
                        List.of(299L, 3L)),
                new Change.Acquired(0, Optional.empty(), OptionalLong.empty(), 0, 0, List.of()),
                new Change.Acknowledged(List.of(new Change.Ref(300, 8), new Change.Ref(2, 9))),
                new Change.Returned(
                        1_000,
                        Why.SESSION_ENDED,
                        "",
                        List.of(new Change.Back(300, 8, 1_000), new Change.Back(2, 9, 900))),
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
                                0)),
                new Change.SnapshotMessages(List.of(message)),
                new Change.SnapshotSettled(
                        List.of(new Change.Settled(1, 2, Change.Settled.As.RELEASED_DEAD))),
                new Change.SnapshotEnd());
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
            05e807020002d8041000d30402c701
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
            """;
}
