package sluice.gateway.produce;

/** Text to bytes and back to the same text, or not at all. */
final class Utf8 {

    private Utf8() {}

    /**
     * UTF-8 of the characters.
     *
     * @return null if a surrogate stands alone: such text has no UTF-8, and the JDK's encoder would
     *     store a question mark in its place
     */
    static byte @org.jspecify.annotations.Nullable [] encode(char[] chars, int from, int length) {
        int bytes = 0;
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < from + length
                    && Character.isLowSurrogate(chars[i + 1])) {
                bytes += 4;
                i++;
            } else {
                return null;
            }
        }
        var encoded = new byte[bytes];
        int at = 0;
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            if (c < 0x80) {
                encoded[at++] = (byte) c;
            } else if (c < 0x800) {
                encoded[at++] = (byte) (0xC0 | c >> 6);
                encoded[at++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                encoded[at++] = (byte) (0xE0 | c >> 12);
                encoded[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                encoded[at++] = (byte) (0x80 | c & 0x3F);
            } else {
                int point = Character.toCodePoint(c, chars[++i]);
                encoded[at++] = (byte) (0xF0 | point >> 18);
                encoded[at++] = (byte) (0x80 | point >> 12 & 0x3F);
                encoded[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                encoded[at++] = (byte) (0x80 | point & 0x3F);
            }
        }
        return encoded;
    }
}
