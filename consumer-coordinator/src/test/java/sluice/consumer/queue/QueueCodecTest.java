package sluice.consumer.queue;

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
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.consumer.PartitionRef;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;

class QueueCodecTest {

    private static final UUID ANN = new UUID(1, 2);
    private static final QueueRef QUEUE =
            new QueueRef(
                    new UUID(3, 4),
                    1L << 61,
                    new PartitionRef(new PartitionId(1L << 60, 7), 1_023, 86_400_000));
    private static final LogRecord RECORD =
            new LogRecord(
                    9,
                    -1,
                    null,
                    bytes("value"),
                    List.of(new LogRecord.Header("h", bytes("")), new LogRecord.Header("n", null)));
    private static final PartitionReply.Backlog BACKLOG =
            new PartitionReply.Backlog(1L << 40, 2, 3, 4, OptionalLong.of(5), true, 7, 0, 8);
    private static final List<Attempt> ATTEMPTS =
            List.of(new Attempt(1, 2, 3, Attempt.Why.DEADLINE_PASSED, "zu spät"));

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

    static Stream<PartitionRequest> requests() {
        return Stream.of(
                new PartitionRequest.Attach(QueuePolicy.DEFAULT, new QueueStart.Earliest()),
                new PartitionRequest.Attach(QueuePolicy.DEFAULT, new QueueStart.Timestamp(7)),
                new PartitionRequest.Attach(
                        QueuePolicy.DEFAULT.with(
                                new QueueChoice(
                                        true,
                                        true,
                                        true,
                                        Optional.of(
                                                new QueueChoice.Tenants(
                                                        "tenant", 7, Map.of("ann", 3, "bob", 2))))),
                        new QueueStart.Offset(7)),
                new PartitionRequest.Leases(5, 100),
                new PartitionRequest.Acquire(
                        8,
                        List.of(
                                new PartitionRequest.Grant(
                                        Optional.of(ANN), 1, 1 << 20, Optional.empty()),
                                new PartitionRequest.Grant(
                                        Optional.empty(),
                                        10,
                                        5,
                                        Optional.of(Duration.ofSeconds(30)))),
                        Duration.ofSeconds(20)),
                new PartitionRequest.Acquire(9, List.of(), Duration.ZERO),
                new PartitionRequest.Acquire(9, List.of(), Duration.ZERO, 7),
                new PartitionRequest.Cancel(8),
                new PartitionRequest.Settle(
                        Stream.of(
                                        new Settlement.Outcome.Acknowledge(),
                                        new Settlement.Outcome.Release(
                                                Optional.of(Duration.ofSeconds(1)), "busy"),
                                        new Settlement.Outcome.Release(Optional.empty(), ""),
                                        new Settlement.Outcome.NotDelivered(),
                                        new Settlement.Outcome.Reject("bad"),
                                        new Settlement.Outcome.Extend(Duration.ofSeconds(9)))
                                .map(each -> new Settlement(1L << 40, 7, Optional.of(ANN), each))
                                .toList()),
                new PartitionRequest.EndSessions(List.of(ANN, new UUID(5, 6))),
                new PartitionRequest.Read(List.of(9L, 3L, 1L << 50)),
                new PartitionRequest.DeadLetters(5),
                new PartitionRequest.Bury(List.of(1L, 2L)),
                new PartitionRequest.Peek(
                        3, 4, 5, Set.of(PartitionRequest.MessageState.values()), FILTER),
                new PartitionRequest.Finish(List.of(7L, 3L)),
                new PartitionRequest.Peek(0, 0, 0, Set.of(), MessageFilter.ALL),
                new PartitionRequest.Count(),
                new PartitionRequest.Reset(new QueueStart.Offset(77)),
                new PartitionRequest.Reset(new QueueStart.Latest()),
                new PartitionRequest.Purge());
    }

    static Stream<PartitionReply> replies() {
        return Stream.of(
                new PartitionReply.Attached(BACKLOG),
                new PartitionReply.Leases(
                        List.of(
                                new PartitionReply.Lease(
                                        1, 2, Optional.of(ANN), 3, 4, OptionalLong.empty()),
                                new PartitionReply.Lease(
                                        5, 6, Optional.empty(), 7, 8, OptionalLong.of(9))),
                        true),
                new PartitionReply.Acquired(
                        List.of(
                                List.of(new Delivery(1, 2, 3, OptionalLong.of(4), RECORD)),
                                List.of()),
                        BACKLOG),
                new PartitionReply.Settled(
                        List.of(
                                new Settlement.Result.Done(true),
                                new Settlement.Result.Done(false),
                                new Settlement.Result.Refused(
                                        Settlement.Refusal.FOREIGN_SESSION, "not yours")),
                        BACKLOG),
                new PartitionReply.Ended(3, BACKLOG),
                new PartitionReply.Done(),
                new PartitionReply.Records(List.of(RECORD)),
                new PartitionReply.DeadLetters(
                        List.of(
                                new PartitionReply.DeadLetter(
                                        RECORD, 1, 2, 3, Attempt.Why.REJECTED, "bad", ATTEMPTS))),
                new PartitionReply.Peeked(
                        List.of(
                                new PartitionReply.Peeked.Message(
                                        RECORD,
                                        PartitionRequest.MessageState.DELAYED,
                                        2,
                                        Optional.of(ANN),
                                        OptionalLong.of(3),
                                        ATTEMPTS),
                                new PartitionReply.Peeked.Message(
                                        RECORD,
                                        PartitionRequest.MessageState.BEHIND,
                                        0,
                                        Optional.empty(),
                                        OptionalLong.empty(),
                                        List.of(),
                                        Optional.of(
                                                new PartitionReply.Peeked.Head(
                                                        4,
                                                        OptionalLong.of(5),
                                                        Optional.of(ANN),
                                                        OptionalLong.of(6))))),
                        10,
                        true),
                new PartitionReply.Numbers(BACKLOG, 1, 2, 3, 4, 5, 6, OptionalLong.empty()),
                new PartitionReply.Numbers(
                        BACKLOG,
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        OptionalLong.of(7),
                        8,
                        List.of(new PartitionReply.Tenant("ann", 9, 10))),
                new PartitionReply.Purged(7),
                new PartitionReply.Finished(8));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestsArriveAsTheyWereSent(PartitionRequest request) {
        var call = new QueueCall(QUEUE, 12, request);

        assertEquals(call, QueueCodec.decodeCall(QueueCodec.encode(call)));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void repliesArriveAsTheyWereSent(PartitionReply reply) {
        assertEquals(reply, QueueCodec.decodeReply(QueueCodec.encode(reply)));
    }

    @Test
    void theBytesArePinned() {
        var call = new QueueCall(QUEUE, 12, new PartitionRequest.Cancel(300));

        assertEquals(
                "00000000000000030000000000000004"
                        + "808080808080808020"
                        + "808080808080808010"
                        + "07"
                        + "ff07"
                        + "80b89929"
                        + "0c"
                        + "04ac02",
                HexFormat.of().formatHex(array(QueueCodec.encode(call))));
        assertEquals(
                "0503808080808020020304010501070008",
                HexFormat.of()
                        .formatHex(array(QueueCodec.encode(new PartitionReply.Ended(3, BACKLOG)))));
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Test
    void whatIsNoRequestOrReplyIsRefused() {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            refusedOrRead(() -> QueueCodec.decodeCall(ByteBuffer.wrap(bytes)));
            refusedOrRead(() -> QueueCodec.decodeReply(ByteBuffer.wrap(bytes)));
        }
        requests()
                .forEach(each -> {
                    byte[] whole = array(QueueCodec.encode(new QueueCall(QUEUE, 12, each)));
                    for (int length = 0; length < whole.length; length++) {
                        ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
                        var error =
                                assertThrows(
                                        SluiceException.class, () -> QueueCodec.decodeCall(cut));
                        assertEquals("malformed-frame", error.code());
                    }
                });
    }

    private static void refusedOrRead(Runnable read) {
        try {
            read.run();
        } catch (SluiceException e) {
            assertEquals("malformed-frame", e.code());
        }
    }
}
