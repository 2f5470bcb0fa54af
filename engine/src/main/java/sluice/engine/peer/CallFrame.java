package sluice.engine.peer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sluice.consumer.group.GroupCodec;
import sluice.consumer.queue.QueueCodec;
import sluice.engine.Engine.Acks;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.wal.SegmentId;

/**
 * A frame on the CALL link, big-endian:
 *
 * <pre>
 *   at  bytes  field
 *    0      1  type: 1 to 10 requests, 65 to 75 replies, see the constants
 *    1      8  call, chosen by the caller; the reply carries it back
 *    9      …  the fields of the request or reply, in the order of its record's components:
 *              numbers as they are, a partition as topicId 8 and index 4, a segment as wal 16 and
 *              index 4, text as length 2 and UTF-8, a list of buffers as count 4 and for each
 *              length 4 and bytes; a last buffer fills the rest of the frame
 * </pre>
 *
 * The numbers are sent: add, never renumber.
 */
final class CallFrame {

    static final int PREFIX_BYTES = 1 + Long.BYTES;

    private static final int REQUEST_APPEND = 1;
    private static final int REQUEST_FETCH = 2;
    private static final int REQUEST_OFFSET_AT = 3;
    private static final int REQUEST_STATUS = 4;
    private static final int REQUEST_FENCE = 5;
    private static final int REQUEST_READ_SEGMENT = 6;
    private static final int REQUEST_NOTICE = 7;
    private static final int REQUEST_PULSE = 8;
    private static final int REQUEST_GROUP = 9;
    private static final int REQUEST_QUEUE = 10;

    private static final int REPLY_APPENDED = 65;
    private static final int REPLY_TAIL = 66;
    private static final int REPLY_HISTORY = 67;
    private static final int REPLY_OFFSET_FOUND = 68;
    private static final int REPLY_STATUS = 69;
    private static final int REPLY_FENCE_OUTCOME = 70;
    private static final int REPLY_SEGMENT_BYTES = 71;
    private static final int REPLY_FAILED = 72;
    private static final int REPLY_PULSE = 73;
    private static final int REPLY_GROUP = 74;
    private static final int REPLY_QUEUE = 75;

    private static final int FIXED_BYTES_MAX = 128;
    private static final int TEXT_BYTES_MAX = 4096;

    private CallFrame() {}

    static boolean isRequest(ByteBuffer frame) {
        return frame.hasRemaining() && frame.get(frame.position()) < REPLY_APPENDED;
    }

    static long call(ByteBuffer frame) {
        if (frame.remaining() < PREFIX_BYTES) {
            throw malformed("bytes=" + frame.remaining());
        }
        return frame.getLong(frame.position() + 1);
    }

    static ByteBuffer[] encode(long call, CallRequest request) {
        return switch (request) {
            case CallRequest.Append(var partition, var slot, var retention, var acks, var batch) ->
                    with(
                            partition(start(REQUEST_APPEND, call), partition)
                                    .putInt(slot)
                                    .put(retention)
                                    .put((byte) acks.ordinal()),
                            batch);
            case CallRequest.Fetch(
                            var partition,
                            var slot,
                            var retentionMs,
                            var offset,
                            var bytes,
                            var waitMs) ->
                    with(
                            partition(start(REQUEST_FETCH, call), partition)
                                    .putInt(slot)
                                    .putLong(retentionMs)
                                    .putLong(offset)
                                    .putInt(bytes)
                                    .putInt(waitMs));
            case CallRequest.OffsetAt(var partition, var slot, var timestampMs) ->
                    with(
                            partition(start(REQUEST_OFFSET_AT, call), partition)
                                    .putInt(slot)
                                    .putLong(timestampMs));
            case CallRequest.Status(var partition, var slot, var retentionMs) ->
                    with(
                            partition(start(REQUEST_STATUS, call), partition)
                                    .putInt(slot)
                                    .putLong(retentionMs));
            case CallRequest.Fence(var segment, var epoch) ->
                    with(segment(start(REQUEST_FENCE, call), segment).putLong(epoch));
            case CallRequest.ReadSegment(var segment, var position, var length) ->
                    with(
                            segment(start(REQUEST_READ_SEGMENT, call), segment)
                                    .putLong(position)
                                    .putInt(length));
            case CallRequest.Notice() -> with(start(REQUEST_NOTICE, call));
            case CallRequest.Pulse() -> with(start(REQUEST_PULSE, call));
            case CallRequest.AppendState _ ->
                    throw new IllegalArgumentException("asked of the gateway itself alone");
            case CallRequest.Queue(var asked) ->
                    with(start(REQUEST_QUEUE, call), QueueCodec.encode(asked));
            case CallRequest.Group(var slot, var group, var asked) ->
                    with(start(REQUEST_GROUP, call).putInt(slot), GroupCodec.encode(group, asked));
        };
    }

    /**
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    static CallRequest decodeRequest(ByteBuffer frame) {
        ByteBuffer source = frame.duplicate();
        try {
            int type = source.get();
            source.getLong();
            return switch (type) {
                case REQUEST_APPEND ->
                        new CallRequest.Append(
                                partition(source),
                                source.getInt(),
                                source.get(),
                                acks(source),
                                source.slice());
                case REQUEST_FETCH ->
                        new CallRequest.Fetch(
                                partition(source),
                                source.getInt(),
                                source.getLong(),
                                source.getLong(),
                                source.getInt(),
                                source.getInt());
                case REQUEST_OFFSET_AT ->
                        new CallRequest.OffsetAt(
                                partition(source), source.getInt(), source.getLong());
                case REQUEST_STATUS ->
                        new CallRequest.Status(
                                partition(source), source.getInt(), source.getLong());
                case REQUEST_FENCE -> new CallRequest.Fence(segment(source), source.getLong());
                case REQUEST_READ_SEGMENT ->
                        new CallRequest.ReadSegment(
                                segment(source), source.getLong(), source.getInt());
                case REQUEST_NOTICE -> new CallRequest.Notice();
                case REQUEST_PULSE -> new CallRequest.Pulse();
                case REQUEST_GROUP -> {
                    int slot = source.getInt();
                    GroupCodec.Asked asked = GroupCodec.decodeRequest(source.slice());
                    yield new CallRequest.Group(slot, asked.group(), asked.request());
                }
                case REQUEST_QUEUE -> new CallRequest.Queue(QueueCodec.decodeCall(source.slice()));
                default -> throw malformed("type=" + type);
            };
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw malformed("bytes=" + frame.remaining());
        }
    }

    static ByteBuffer[] encode(long call, CallReply reply) {
        return switch (reply) {
            case CallReply.Appended(var offset, var duplicate) ->
                    with(
                            start(REPLY_APPENDED, call)
                                    .putLong(offset)
                                    .put((byte) (duplicate ? 1 : 0)));
            case CallReply.Tail(var batches, var hwm, var logStart) ->
                    list(start(REPLY_TAIL, call).putLong(hwm).putLong(logStart), batches);
            case CallReply.History(var tailStart, var hwm, var logStart) ->
                    with(
                            start(REPLY_HISTORY, call)
                                    .putLong(tailStart)
                                    .putLong(hwm)
                                    .putLong(logStart));
            case CallReply.OffsetFound(var offset, var tailStart, var hwm) ->
                    with(
                            start(REPLY_OFFSET_FOUND, call)
                                    .putLong(offset)
                                    .putLong(tailStart)
                                    .putLong(hwm));
            case CallReply.Status(var logStart, var hwm) ->
                    with(start(REPLY_STATUS, call).putLong(logStart).putLong(hwm));
            case CallReply.FenceOutcome(var outcome) ->
                    with(start(REPLY_FENCE_OUTCOME, call), FencedBytes.encode(outcome));
            case CallReply.SegmentBytes(var bytes) -> with(start(REPLY_SEGMENT_BYTES, call), bytes);
            case CallReply.Pulse(var wal, var isWell) ->
                    with(
                            start(REPLY_PULSE, call)
                                    .putLong(wal.getMostSignificantBits())
                                    .putLong(wal.getLeastSignificantBits())
                                    .put((byte) (isWell ? 1 : 0)));
            case CallReply.Group(var ofGroup) ->
                    with(
                            start(REPLY_GROUP, call),
                            GroupCodec.encode(ofGroup).toArray(ByteBuffer[]::new));
            case CallReply.Queue(var ofQueue) ->
                    with(start(REPLY_QUEUE, call), QueueCodec.encode(ofQueue));
            case CallReply.Failed(var kind, var code, var message) -> {
                byte[] codeBytes = utf8(code);
                byte[] messageBytes = utf8(message);
                yield with(
                        ByteBuffer.allocate(
                                        PREFIX_BYTES + 5 + codeBytes.length + messageBytes.length)
                                .put((byte) REPLY_FAILED)
                                .putLong(call)
                                .put((byte) kind.ordinal())
                                .putShort((short) codeBytes.length)
                                .put(codeBytes)
                                .putShort((short) messageBytes.length)
                                .put(messageBytes));
            }
        };
    }

    /**
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    static CallReply decodeReply(ByteBuffer frame) {
        ByteBuffer source = frame.duplicate();
        try {
            int type = source.get();
            source.getLong();
            return switch (type) {
                case REPLY_APPENDED -> new CallReply.Appended(source.getLong(), source.get() != 0);
                case REPLY_TAIL -> {
                    long hwm = source.getLong();
                    long logStart = source.getLong();
                    yield new CallReply.Tail(list(source), hwm, logStart);
                }
                case REPLY_HISTORY ->
                        new CallReply.History(source.getLong(), source.getLong(), source.getLong());
                case REPLY_OFFSET_FOUND ->
                        new CallReply.OffsetFound(
                                source.getLong(), source.getLong(), source.getLong());
                case REPLY_STATUS -> new CallReply.Status(source.getLong(), source.getLong());
                case REPLY_FENCE_OUTCOME ->
                        new CallReply.FenceOutcome(FencedBytes.decode(source.slice()));
                case REPLY_SEGMENT_BYTES -> new CallReply.SegmentBytes(source.slice());
                case REPLY_PULSE ->
                        new CallReply.Pulse(
                                new UUID(source.getLong(), source.getLong()), source.get() != 0);
                case REPLY_GROUP -> new CallReply.Group(GroupCodec.decodeReply(source.slice()));
                case REPLY_QUEUE -> new CallReply.Queue(QueueCodec.decodeReply(source.slice()));
                case REPLY_FAILED ->
                        new CallReply.Failed(
                                kind(source.get()),
                                text(source, source.getShort()),
                                text(source, source.getShort()));
                default -> throw malformed("type=" + type);
            };
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw malformed("bytes=" + frame.remaining());
        }
    }

    private static ByteBuffer start(int type, long call) {
        return ByteBuffer.allocate(FIXED_BYTES_MAX).put((byte) type).putLong(call);
    }

    private static ByteBuffer[] with(ByteBuffer head, ByteBuffer... rest) {
        ByteBuffer[] frame = new ByteBuffer[1 + rest.length];
        frame[0] = head.flip();
        for (int i = 0; i < rest.length; i++) {
            frame[i + 1] = rest[i].duplicate();
        }
        return frame;
    }

    private static ByteBuffer[] list(ByteBuffer head, List<ByteBuffer> buffers) {
        ByteBuffer[] frame = new ByteBuffer[1 + 2 * buffers.size()];
        frame[0] = head.putInt(buffers.size()).flip();
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuffer buffer = buffers.get(i).duplicate();
            frame[2 * i + 1] = ByteBuffer.allocate(Integer.BYTES).putInt(buffer.remaining()).flip();
            frame[2 * i + 2] = buffer;
        }
        return frame;
    }

    private static List<ByteBuffer> list(ByteBuffer source) {
        int count = source.getInt();
        if (count < 0 || count > source.remaining() / Integer.BYTES) {
            throw malformed("count=" + count);
        }
        var buffers = new ArrayList<ByteBuffer>(count);
        for (int i = 0; i < count; i++) {
            buffers.add(bytes(source, source.getInt()));
        }
        return buffers;
    }

    private static ByteBuffer bytes(ByteBuffer source, int length) {
        if (length < 0 || length > source.remaining()) {
            throw malformed("length=" + length);
        }
        ByteBuffer bytes = source.slice(source.position(), length);
        source.position(source.position() + length);
        return bytes;
    }

    static String text(ByteBuffer source, int length) {
        return StandardCharsets.UTF_8.decode(bytes(source, length)).toString();
    }

    static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= TEXT_BYTES_MAX
                ? bytes
                : text.substring(0, TEXT_BYTES_MAX / 4).getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer partition(ByteBuffer target, PartitionId partition) {
        return target.putLong(partition.topicId()).putInt(partition.index());
    }

    private static PartitionId partition(ByteBuffer source) {
        return new PartitionId(source.getLong(), source.getInt());
    }

    private static ByteBuffer segment(ByteBuffer target, SegmentId segment) {
        return target.putLong(segment.wal().getMostSignificantBits())
                .putLong(segment.wal().getLeastSignificantBits())
                .putInt(segment.index());
    }

    private static SegmentId segment(ByteBuffer source) {
        return new SegmentId(new UUID(source.getLong(), source.getLong()), source.getInt());
    }

    private static Acks acks(ByteBuffer source) {
        int id = source.get();
        if (id < 0 || id >= Acks.values().length) {
            throw malformed("acks=" + id);
        }
        return Acks.values()[id];
    }

    private static SluiceException.Kind kind(int id) {
        if (id < 0 || id >= SluiceException.Kind.values().length) {
            throw malformed("kind=" + id);
        }
        return SluiceException.Kind.values()[id];
    }

    static SluiceException malformed(String found) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "malformed-frame",
                "a frame on the call link is not one of ours: " + found);
    }
}
