package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.MessageFilter.HeaderIs;
import sluice.log.batch.LogRecord;

class MessageFilterTest {

    private static final LogRecord RECORD =
            new LogRecord(
                    7,
                    1_000,
                    bytes("key"),
                    bytes("value"),
                    List.of(
                            new LogRecord.Header("a", bytes("1")),
                            new LogRecord.Header("a", bytes("2")),
                            new LogRecord.Header("none", null)));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isMeant(
            Optional<String> key, List<HeaderIs> headers, OptionalLong fromMs, OptionalLong toMs) {
        return new MessageFilter(key.map(MessageFilterTest::bytes), headers, fromMs, toMs)
                .matches(RECORD);
    }

    private static boolean hasKey(String key) {
        return isMeant(Optional.of(key), List.of(), OptionalLong.empty(), OptionalLong.empty());
    }

    private static boolean hasHeaders(HeaderIs... headers) {
        return isMeant(
                Optional.empty(), List.of(headers), OptionalLong.empty(), OptionalLong.empty());
    }

    private static boolean isBetween(long fromMs, long toMs) {
        return isMeant(Optional.empty(), List.of(), OptionalLong.of(fromMs), OptionalLong.of(toMs));
    }

    private static HeaderIs is(String name, String value) {
        return new HeaderIs(name, Optional.of(bytes(value)));
    }

    @Test
    void theKeyIsTheWholeKey() {
        assertEquals(true, hasKey("key"));
        assertEquals(false, hasKey("ke"));
        var keyless = new LogRecord(0, 0, null, null, List.of());
        assertEquals(
                false,
                new MessageFilter(
                                Optional.of(bytes("")),
                                List.of(),
                                OptionalLong.empty(),
                                OptionalLong.empty())
                        .matches(keyless));
    }

    @Test
    void aHeaderThatComesSeveralTimesMatchesOnce() {
        assertEquals(true, hasHeaders(is("a", "1")));
        assertEquals(true, hasHeaders(is("a", "2"), is("a", "1")));
        assertEquals(false, hasHeaders(is("a", "1"), is("a", "3")));
    }

    @Test
    void aHeaderWithoutValueAskedForIsThereOrNot() {
        assertEquals(true, hasHeaders(new HeaderIs("none", Optional.empty())));
        assertEquals(false, hasHeaders(is("none", "")));
        assertEquals(false, hasHeaders(new HeaderIs("b", Optional.empty())));
    }

    @Test
    void timesBeginWithTheFirstAndEndBeforeTheLast() {
        assertEquals(true, isBetween(1_000, 1_001));
        assertEquals(false, isBetween(1_001, 2_000));
        assertEquals(false, isBetween(0, 1_000));
    }

    @Test
    void thereIsABound() {
        assertThrows(
                IllegalArgumentException.class,
                () -> hasHeaders(Collections.nCopies(17, is("a", "1")).toArray(HeaderIs[]::new)));
    }
}
