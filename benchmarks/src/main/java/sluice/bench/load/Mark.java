package sluice.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What makes every value unique: who wrote it, and its number among all that this writer wrote. It
 * stands at the head of the value, behind it is filling.
 */
record Mark(int writer, long number) implements Comparable<Mark> {

    private static final int TEXT_BYTES_MAX = 32;

    /** The value of that size, or of the mark's own if that is larger. */
    byte[] value(int bytes) {
        var text = (writer + "." + number + " ").getBytes(StandardCharsets.US_ASCII);
        var value = Arrays.copyOf(text, Math.max(text.length, bytes));
        Arrays.fill(value, text.length, value.length, (byte) ('a' + number % 26));
        return value;
    }

    /** The value as text, for JSON. */
    String text(int bytes) {
        return new String(value(bytes), StandardCharsets.US_ASCII);
    }

    /**
     * @throws IllegalArgumentException if the value was not made by {@link #value}
     */
    static Mark of(ByteBuffer value) {
        var head = new byte[Math.min(TEXT_BYTES_MAX, value.remaining())];
        value.get(value.position(), head);
        var text = new String(head, StandardCharsets.US_ASCII);
        int dot = text.indexOf('.');
        int end = text.indexOf(' ');
        if (dot < 1 || end < dot) {
            throw new IllegalArgumentException("not a value of ours: " + text);
        }
        var mark =
                new Mark(
                        Integer.parseInt(text.substring(0, dot)),
                        Long.parseLong(text.substring(dot + 1, end)));
        var whole = new byte[value.remaining()];
        value.get(value.position(), whole);
        if (!Arrays.equals(whole, mark.value(whole.length))) {
            throw new IllegalArgumentException("a value of ours, changed: " + mark);
        }
        return mark;
    }

    @Override
    public int compareTo(Mark other) {
        int byWriter = Integer.compare(writer, other.writer);
        return byWriter != 0 ? byWriter : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return writer + "." + number;
    }
}
