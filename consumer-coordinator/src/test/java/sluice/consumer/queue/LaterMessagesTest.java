package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaterMessagesTest {

    private static final int[] SPANS = {500, 200_000, 5_000_000};

    private static final Comparator<Spot.Late> BY_TIME =
            Comparator.comparingLong(Spot.Late::untilMs).thenComparingLong(Spot.Late::offset);

    /** Whatever comes in whatever order, each is handed out in its time, with its key and line. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void eachIsHandedOutInItsTime(long seed) {
        var random = new Random(seed);
        var later = new LaterMessages();
        var model = new TreeSet<>(BY_TIME);
        var lines = List.of(Line.PLAIN, new Line(9, "ann"));
        long nowMs = 1_000_000;
        for (long offset = 0; offset < 20_000; offset++) {
            if (random.nextInt(3) > 0) {
                var message =
                        new Spot.Late(
                                offset,
                                nowMs + random.nextInt(SPANS[random.nextInt(SPANS.length)]),
                                seed % 2 == 0 ? 0 : offset + 7);
                model.add(message);
                later.add(lines.get((int) (offset % 2)), message);
            } else {
                nowMs += random.nextInt(100) == 0 ? 400_000 : random.nextInt(300);
                long now = nowMs;
                var due = new ArrayList<Spot.Late>();
                later.takeDue(
                        now,
                        (line, message) -> {
                            assertEquals(lines.get((int) (message.offset() % 2)), line);
                            due.add(message);
                        });
                due.sort(BY_TIME);
                var expected = new ArrayList<Spot.Late>();
                while (!model.isEmpty() && model.first().untilMs() <= now) {
                    expected.add(model.pollFirst());
                }
                assertEquals(expected, due, "seed=" + seed);
            }
            assertEquals(model.size(), later.count(), "seed=" + seed);
            assertEquals(
                    model.isEmpty() ? Long.MAX_VALUE : model.first().untilMs(),
                    later.nextMs(),
                    "seed=" + seed);
        }
        var all = new ArrayList<Spot.Late>();
        later.forEach((_, message) -> all.add(message));
        all.sort(BY_TIME);
        assertEquals(List.copyOf(model), all);
    }
}
