package sluice.consumer.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import sluice.log.SluiceException;

/**
 * Requests to a group's coordinator and its replies as they are sent between gateways, big-endian.
 * Each begins with a byte that names it; its fields follow in the order of its record's components:
 *
 * <pre>
 *   number, flag       8, 4 or 1 bytes
 *   duration           milliseconds, 8
 *   UUID               16
 *   text               length 4, UTF-8
 *   optional           1 if it is there, then the value; else 0
 *   list               count 4, then each
 *   word               its index, 1
 *   partition          topic as text, index 4
 *   settings           type 1, topics, start 1 (0 earliest, 1 latest, 2 and milliseconds 8, 3 and
 *                      offset 8); of a stream group then delivery 1, sessionTimeout,
 *                      revocationTimeout; of a queue group sessionTimeout, reconnectGrace,
 *                      prefetch 4, inFlightMax 4, deliveryLimit 4, growth 1, delay, delayMax,
 *                      jitterPercent 4, optional topic for dead letters, onReject 1,
 *                      activeConsumer 1, flag paused
 *   delivery           queue 8, partition 4, offset 8, lease 8
 *   record             offset 8, timestamp 8, key, value, list of headers: name as text, value;
 *                      key and values: length 4, bytes; length −1 if there is none
 *   outcome            1 (0 acknowledge, 1 release and optional delay and reason as text, 2 not
 *                      delivered, 3 reject and reason, 4 extend and duration)
 *   target of a reset  1 (0 earliest, 1 latest, 2 offset, 3 timestamp, 4 milliseconds back), value 8
 * </pre>
 *
 * <p>The batches of a {@code Polled} stand at its end, in order; with each slice stand the lengths
 * of its own. The numbers are sent: add, never renumber.
 */
public final class GroupCodec {

    private GroupCodec() {}

    public static ByteBuffer encode(GroupName group, GroupRequest request) {
        var out = new GroupWriter();
        out.text(group.namespace()).text(group.name());
        RequestCodec.write(out, request);
        return out.toBuffer();
    }

    /** A request and the group of which it is asked. */
    public record Asked(GroupName group, GroupRequest request) {}

    /**
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    public static Asked decodeRequest(ByteBuffer source) {
        var in = new GroupReader(source.duplicate());
        return checked(
                source,
                () -> new Asked(new GroupName(in.text(), in.text()), RequestCodec.read(in)));
    }

    /** The first buffer has all but the batches of a {@code Polled}, which follow it. */
    public static List<ByteBuffer> encode(GroupReply reply) {
        return ReplyCodec.write(reply);
    }

    /**
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    public static GroupReply decodeReply(ByteBuffer source) {
        var in = new GroupReader(source.duplicate());
        return checked(source, () -> ReplyCodec.read(in));
    }

    private static <T> T checked(ByteBuffer source, Supplier<T> read) {
        try {
            return read.get();
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "malformed-frame",
                    "not a group's request or reply: bytes=%d cause=%s"
                            .formatted(source.remaining(), e.getMessage()),
                    e);
        }
    }
}
