package sluice.cli.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.http.CommandFailure;

class LineSplitterTest {

    private static final int LINE_MAX = 1024 * 1024;

    private static List<String> split(InputStream in) throws Exception {
        List<String> lines = new ArrayList<>();
        new LineSplitter(LINE_MAX, _ -> {})
                .split(
                        "test",
                        in,
                        (line, number) -> {
                            lines.add(new String(line, StandardCharsets.ISO_8859_1));
                            assertEquals(lines.size(), number);
                        });
        return lines;
    }

    private static List<String> split(String text) throws Exception {
        return split(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void onlyTheLineFeedIsTakenAway() throws Exception {
        assertEquals(List.of("a\r", "", " b\u00ff", "c"), split("a\r\n\n b\u00ff\nc"));
    }

    @Test
    void nothingIsNoLineAndALineFeedIsAnEmptyOne() throws Exception {
        assertEquals(List.of(), split(""));
        assertEquals(List.of(""), split("\n"));
    }

    @Test
    void aLineLongerThanTheBufferIsWhole() throws Exception {
        String large = "x".repeat(700_000);
        assertEquals(List.of("a", large, "b"), split("a\n" + large + "\nb\n"));
    }

    @Test
    void aLineOverTheLimitIsNamed() {
        String tooLong = "a\n" + "x".repeat(LINE_MAX + 1);
        var failure = assertThrows(CommandFailure.class, () -> split(tooLong));
        assertTrue(failure.problem().detail().startsWith("test, line 2: "), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void howTheStreamIsCutDoesNotMatter(long seed) throws Exception {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int line = 0; line < 5_000; line++) {
            text.append("x".repeat(random.nextInt(300))).append(line).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        var dribble =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] into, int at, int count) {
                        return super.read(into, at, Math.min(count, 1 + random.nextInt(5_000)));
                    }
                };
        assertEquals(text.toString().lines().toList(), split(dribble), "seed=" + seed);
    }
}
