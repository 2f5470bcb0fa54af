package sluice.cli.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyRuleTest {

    private static String key(KeyRule rule, String line) {
        byte[] key = rule.forFile("a/b.txt").keyOf(line.getBytes(StandardCharsets.UTF_8));
        return key == null ? "none" : "'" + new String(key, StandardCharsets.UTF_8) + "'";
    }

    @Test
    void withoutARuleThereIsNoKey() {
        assertEquals("none", key(new KeyRule.NoKey(), "line"));
    }

    @Test
    void aFixedKeyAndAPathAreTheSameArrayForEveryLine() {
        assertEquals("'k'", key(new KeyRule.FixedKey("k"), "line"));
        assertEquals("'a/b.txt'", key(new KeyRule.PathKey(), "line"));
        KeyRule.LineKeys keys = new KeyRule.PathKey().forFile("p");
        assertSame(keys.keyOf(new byte[0]), keys.keyOf(new byte[1]));
    }

    @Test
    void fieldsAreCountedFromOne() {
        assertEquals("'a'", key(new KeyRule.FieldKey(1, ","), "a,b,c"));
        assertEquals("'b'", key(new KeyRule.FieldKey(2, ","), "a,b,c"));
        assertEquals("'c'", key(new KeyRule.FieldKey(3, ","), "a,b,c"));
        assertEquals("none", key(new KeyRule.FieldKey(4, ","), "a,b,c"));
    }

    @Test
    void anEmptyFieldIsAnEmptyKey() {
        assertEquals("''", key(new KeyRule.FieldKey(2, ","), "a,,c"));
        assertEquals("''", key(new KeyRule.FieldKey(2, ","), "a,"));
        assertEquals("''", key(new KeyRule.FieldKey(1, ","), ""));
    }

    @Test
    void aDelimiterMayHaveSeveralCharacters() {
        assertEquals("'b;'", key(new KeyRule.FieldKey(2, "é;"), "aé;b;é;c"));
    }

    @Test
    void aPropertyIsATextOrANumber() {
        assertEquals("'ann'", key(new KeyRule.JsonKey("name"), "{\"id\":1,\"name\":\"ann\"}"));
        assertEquals("'é\"'", key(new KeyRule.JsonKey("name"), "{\"name\":\"\\u00e9\\\"\"}"));
        assertEquals("'17'", key(new KeyRule.JsonKey("id"), "{\"x\":{\"id\":3},\"id\":17}"));
        assertEquals("'true'", key(new KeyRule.JsonKey("ok"), "{\"ok\":true}"));
    }

    @Test
    void aMissingPropertyAndWhatIsNoObjectHaveNoKey() {
        KeyRule rule = new KeyRule.JsonKey("id");
        assertEquals("none", key(rule, "{\"x\":1}"));
        assertEquals("none", key(rule, "{\"id\":null}"));
        assertEquals("none", key(rule, "{\"id\":{}}"));
        assertEquals("none", key(rule, "[\"id\",1]"));
        assertEquals("none", key(rule, "not json"));
        assertEquals("none", key(rule, "{\"x\":"));
        assertEquals("none", key(rule, ""));
    }
}
