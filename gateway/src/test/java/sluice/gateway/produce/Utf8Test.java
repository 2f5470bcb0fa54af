package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Utf8Test {

    @Test
    void everyCharacterIsEncodedAsTheJdkDoes() {
        var all = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                all.appendCodePoint(point);
            }
        }

        assertArrayEquals(all.toString().getBytes(StandardCharsets.UTF_8), encode(all.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00", "\ud800\ud800", "\udc00\ud800"})
    void halfAPairIsNoText(String text) {
        assertNull(encode(text));
    }

    private static byte @Nullable [] encode(String text) {
        return Utf8.encode(("<" + text + ">").toCharArray(), 1, text.length());
    }
}
