package sluice.gateway.produce;

import java.util.Arrays;

/** JSON without the space between its tokens, otherwise byte for byte as it was. */
final class CompactJson {

    private CompactJson() {}

    /**
     * @param source valid JSON from index {@code from} to before {@code to}; it is not changed
     */
    static byte[] of(byte[] source, int from, int to) {
        var compact = new byte[to - from];
        int length = 0;
        boolean inString = false;
        for (int i = from; i < to; i++) {
            byte b = source[i];
            if (inString) {
                if (b == '\\') {
                    compact[length++] = b;
                    b = source[++i];
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
                continue;
            }
            compact[length++] = b;
        }
        return length == compact.length ? compact : Arrays.copyOf(compact, length);
    }
}
