package sluice.client.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static final Json DOCUMENT =
            Json.parse(
                    "{\"text\":\"é\",\"number\":-7,\"large\":4294967296,\"yes\":true,\"none\":null,"
                            + "\"list\":[1,{\"a\":2}],\"half\":0.5}");

    @Test
    void fieldsAreReadByTheirType() {
        assertEquals("é", DOCUMENT.text("text"));
        assertEquals(-7, DOCUMENT.integer("number"));
        assertEquals(1L << 32, DOCUMENT.number("large"));
        assertTrue(DOCUMENT.isTrue("yes"));
        assertFalse(DOCUMENT.isTrue("number"));
        assertTrue(DOCUMENT.field("none").isEmpty());
        assertEquals(2, DOCUMENT.list("list").get(1).integer("a"));
        assertEquals(List.of(), DOCUMENT.list("text"));
        assertEquals("else", DOCUMENT.text("number", "else"));
        assertEquals(9, DOCUMENT.number("text", 9));
    }

    @Test
    void fieldOfAnotherTypeIsRefused() {
        assertThrows(JsonException.class, () -> DOCUMENT.text("number"));
        assertThrows(JsonException.class, () -> DOCUMENT.number("text"));
        assertThrows(JsonException.class, () -> DOCUMENT.number("half"));
        assertThrows(JsonException.class, () -> DOCUMENT.integer("large"));
        assertThrows(JsonException.class, () -> DOCUMENT.text("absent"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":}",
                "[1,",
                "{} {}",
                "{\"n\":99999999999999999999}",
                "x"
            })
    void whatIsNoDocumentIsRefused(String text) {
        assertThrows(JsonException.class, () -> Json.parse(text));
    }

    @Test
    void documentNestedTooDeepIsRefused() {
        assertThrows(JsonException.class, () -> Json.parse("[".repeat(500) + "]".repeat(500)));
    }
}
