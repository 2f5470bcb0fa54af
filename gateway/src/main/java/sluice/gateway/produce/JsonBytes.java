package sluice.gateway.produce;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ASCII written into a growing array: answers of the hot path, without a generator's state. */
final class JsonBytes {

    private static final int LONG_DIGITS_MAX = 20;

    private byte[] bytes;
    private int length;

    JsonBytes(int initialBytes) {
        bytes = new byte[initialBytes];
    }

    /** A constant of this module's, encoded once. */
    static byte[] ascii(String constant) {
        return constant.getBytes(StandardCharsets.US_ASCII);
    }

    JsonBytes put(byte[] constant) {
        reserve(constant.length);
        System.arraycopy(constant, 0, bytes, length, constant.length);
        length += constant.length;
        return this;
    }

    JsonBytes put(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    JsonBytes put(long number) {
        reserve(LONG_DIGITS_MAX);
        if (number < 0) {
            return put(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        }
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
