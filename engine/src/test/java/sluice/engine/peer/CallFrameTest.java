package sluice.engine.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.PartitionRef;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueCall;
import sluice.consumer.queue.QueueRef;
import sluice.engine.Engine.Acks;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.wal.Fenced;
import sluice.log.wal.SegmentId;

/** The bytes of calls between gateways. */
class CallFrameTest {

    private static final PartitionId PARTITION = new PartitionId(0x1122334455667788L, 9);
    private static final SegmentId SEGMENT = new SegmentId(new UUID(5, 6), 7);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static final List<CallRequest> REQUESTS =
            List.of(
                    new CallRequest.Append(PARTITION, 3, (byte) 4, Acks.NONE, bytes("batch")),
                    new CallRequest.Append(PARTITION, 3, (byte) -1, Acks.ALL, bytes("")),
                    new CallRequest.Fetch(PARTITION, 3, 86_400_000L, 1L << 40, 77, 20_000),
                    new CallRequest.OffsetAt(PARTITION, 3, -1),
                    new CallRequest.Status(PARTITION, 3, 0),
                    new CallRequest.Fence(SEGMENT, 12),
                    new CallRequest.ReadSegment(SEGMENT, 1L << 33, 4096),
                    new CallRequest.Queue(
                            new QueueCall(
                                    new QueueRef(
                                            new UUID(1, 2), 9, new PartitionRef(PARTITION, 3, 0)),
                                    7,
                                    new PartitionRequest.Cancel(8))),
                    new CallRequest.Group(
                            5, new GroupName("default", "g"), new GroupRequest.Describe(true)));

    private static final List<CallReply> REPLIES =
            List.of(
                    new CallReply.Appended(1L << 50, true),
                    new CallReply.Appended(-1, false),
                    new CallReply.Tail(List.of(bytes("one"), bytes(""), bytes("three")), 9, 1),
                    new CallReply.Tail(List.of(), 0, 0),
                    new CallReply.History(3, 4, 5),
                    new CallReply.OffsetFound(-1, 4, 5),
                    new CallReply.Status(6, 7),
                    new CallReply.FenceOutcome(new Fenced.Held(1, 2, 3, 4, 5, 6)),
                    new CallReply.FenceOutcome(new Fenced.Unknown("damaged", 7)),
                    new CallReply.FenceOutcome(new Fenced.NeverHeld()),
                    new CallReply.FenceOutcome(new Fenced.Unknown("düster")),
                    new CallReply.SegmentBytes(bytes("copy")),
                    new CallReply.Group(new GroupReply.Committed(7)),
                    new CallReply.Queue(new PartitionReply.Purged(7)),
                    new CallReply.Failed(
                            SluiceException.Kind.OVERLOADED, "engine-busy", "voll, später"));

    private static ByteBuffer joined(ByteBuffer[] parts) {
        int length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (ByteBuffer part : parts) {
            all.put(part.duplicate());
        }
        return all.flip();
    }

    @Test
    void requestsAndRepliesArriveAsTheyWereSent() {
        for (CallRequest request : REQUESTS) {
            ByteBuffer frame = joined(CallFrame.encode(42, request));
            assertTrue(CallFrame.isRequest(frame));
            assertEquals(42, CallFrame.call(frame));
            assertEquals(request, CallFrame.decodeRequest(frame));
        }
        for (CallReply reply : REPLIES) {
            ByteBuffer frame = joined(CallFrame.encode(43, reply));
            assertFalse(CallFrame.isRequest(frame));
            assertEquals(43, CallFrame.call(frame));
            assertEquals(reply, CallFrame.decodeReply(frame));
        }
    }

    @Test
    void theBytesAreTheseForEver() {
        assertEquals(
                "01000000000000002a11223344556677880000000900000003040062617463" + "68",
                hex(CallFrame.encode(42, REQUESTS.getFirst())));
        assertEquals(
                "41000000000000002a000400000000000001",
                hex(CallFrame.encode(42, REPLIES.getFirst())));
        assertEquals(
                "46000000000000002a01000000000000000100000000000000020000000000000003000000000000000400000000000000050000000000000006",
                hex(CallFrame.encode(42, REPLIES.get(7))));
    }

    private static String hex(ByteBuffer[] frame) {
        ByteBuffer all = joined(frame);
        byte[] bytes = new byte[all.remaining()];
        all.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void encodingLeavesTheCallersBufferAsItWas() {
        ByteBuffer batch = bytes("batch");
        joined(
                CallFrame.encode(
                        1, new CallRequest.Append(PARTITION, 1, (byte) 0, Acks.ALL, batch)));

        assertEquals(5, batch.remaining());
    }

    @Test
    void everyFrameThatIsCutShortIsRefusedOrIsAShorterOne() {
        for (CallRequest request : REQUESTS) {
            ByteBuffer frame = joined(CallFrame.encode(42, request));
            for (int length = 0; length < frame.limit(); length++) {
                decodes(frame.slice(0, length), true);
            }
        }
        for (CallReply reply : REPLIES) {
            ByteBuffer frame = joined(CallFrame.encode(42, reply));
            for (int length = 0; length < frame.limit(); length++) {
                decodes(frame.slice(0, length), false);
            }
        }
    }

    @Test
    void hostileBytesAreRefusedAndNothingElseHappens() {
        long refused = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            var random = new SplittableRandom(seed);
            boolean isRequest = random.nextBoolean();
            ByteBuffer frame =
                    isRequest
                            ? joined(
                                    CallFrame.encode(
                                            1, REQUESTS.get(random.nextInt(REQUESTS.size()))))
                            : joined(
                                    CallFrame.encode(
                                            1, REPLIES.get(random.nextInt(REPLIES.size()))));
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                frame.put(random.nextInt(frame.limit()), (byte) random.nextInt());
            }
            if (!decodes(frame.slice(0, 1 + random.nextInt(frame.limit())), isRequest)) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused=" + refused);
    }

    /** Decodes, or is refused as malformed; anything else fails the test. */
    private static boolean decodes(ByteBuffer frame, boolean isRequest) {
        try {
            if (isRequest) {
                CallFrame.decodeRequest(frame);
            } else {
                CallFrame.decodeReply(frame);
            }
            return true;
        } catch (SluiceException e) {
            assertEquals("malformed-frame", e.code());
            return false;
        }
    }

    @Test
    void aFrameTooShortForACallIsRefused() {
        assertThrows(SluiceException.class, () -> CallFrame.call(ByteBuffer.allocate(8)));
        assertFalse(CallFrame.isRequest(ByteBuffer.allocate(0)));
    }
}
