package sluice.cli.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.http.CommandFailure;

class StartPointTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final ZoneId ZONE = ZoneId.of("+02:00");

    private static StartPoint parse(String text) {
        return StartPoint.parse(text, NOW, ZONE);
    }

    @Test
    void wordsAndOffsets() {
        assertEquals(new StartPoint.Earliest(), parse("earliest"));
        assertEquals(new StartPoint.Latest(), parse(" LATEST "));
        assertEquals(new StartPoint.AtOffset(4711), parse("4711"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-02-01T10:00:00Z, 2026-02-01T10:00:00Z",
        "2026-02-01T10:00:00.250z, 2026-02-01T10:00:00.250Z",
        "2026-02-01T10:00:00+01:00, 2026-02-01T09:00:00Z",
        "2026-02-01T10:00, 2026-02-01T08:00:00Z",
        "2026-02-01 10:00:30, 2026-02-01T08:00:30Z",
        "2026-02-01, 2026-01-31T22:00:00Z",
        "2h ago, 2026-03-01T10:00:00Z",
        "90s ago, 2026-03-01T11:58:30Z",
        "1d12h ago, 2026-02-28T00:00:00Z",
        "1w 30m ago, 2026-02-22T11:30:00Z",
        "250ms ago, 2026-03-01T11:59:59.750Z"
    })
    void times(String text, Instant expected) {
        assertEquals(new StartPoint.AtTime(expected.toEpochMilli()), parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "-5",
                "ago",
                "2 ago",
                "2y ago",
                "2h 3 ago",
                "2026-13-01",
                "99999999999999999999",
                "9999999999999999d ago"
            })
    void whatIsNoneOfTheseIsRefused(String text) {
        assertThrows(CommandFailure.class, () -> parse(text));
    }
}
