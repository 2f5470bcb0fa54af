package sluice.consumer.queue;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;

/**
 * Which delivery of which message: what a consumer says when it settles one.
 *
 * <p>As text it is base64url without padding of
 *
 * <pre>
 *   queue 8, then partition, offset, lease, seven bits a byte, lowest first, then CRC-32C 4 of all
 *   before it
 * </pre>
 *
 * <p>about 27 characters. Consumers keep it as it is: the form is ours.
 *
 * @param queue id that the group has for the topic
 * @param lease number of the delivery, never used again in this queue and partition
 */
public record DeliveryId(long queue, int partition, long offset, long lease) {

    private static final int NUMBER_BYTES_MAX = 9;
    private static final int BYTES_MIN = Long.BYTES + 3 + Integer.BYTES;
    private static final int BYTES_MAX = Long.BYTES + 5 + 2 * NUMBER_BYTES_MAX + Integer.BYTES;
    private static final int TEXT_MAX = (BYTES_MAX * 4 + 2) / 3;

    public DeliveryId {
        if (queue <= 0 || partition < 0 || offset < 0 || lease < 0) {
            throw new IllegalArgumentException(
                    "not a delivery: queue=%d partition=%d offset=%d lease=%d"
                            .formatted(queue, partition, offset, lease));
        }
    }

    public String toText() {
        ByteBuffer out = ByteBuffer.allocate(BYTES_MAX).putLong(queue);
        put(out, partition);
        put(out, offset);
        put(out, lease);
        out.putInt(crc(out.array(), out.position()));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    /**
     * @throws SluiceException INVALID {@code malformed-delivery} if it is not one that was given
     *     out, or lost a character on its way
     */
    public static DeliveryId parse(String text) {
        try {
            if (text.length() > TEXT_MAX) {
                throw new IllegalArgumentException("length=" + text.length());
            }
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) {
                throw new IllegalArgumentException("bytes=" + bytes.length);
            }
            ByteBuffer in = ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES);
            if (ByteBuffer.wrap(bytes).getInt(in.limit()) != crc(bytes, in.limit())) {
                throw new IllegalArgumentException("the checksum is wrong");
            }
            var id =
                    new DeliveryId(
                            in.getLong(), Math.toIntExact(number(in)), number(in), number(in));
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("bytes follow");
            }
            return id;
        } catch (IllegalArgumentException | ArithmeticException | BufferUnderflowException e) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "malformed-delivery",
                    "not the id of a delivery: cause=%s; send it back as it was given"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static int crc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static void put(ByteBuffer out, long value) {
        long left = value;
        while (left >= 0x80) {
            out.put((byte) (left | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 7 * NUMBER_BYTES_MAX; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number does not end");
    }
}
