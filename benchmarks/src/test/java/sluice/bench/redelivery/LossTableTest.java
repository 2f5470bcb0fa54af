package sluice.bench.redelivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;

/** From runs to what a person reads. */
class LossTableTest {

    private final LossSettings settings =
            new LossSettings(Path.of("root"), Path.of("data"), LossKind.STOP, 3, "1g");
    private final List<LossRun> runs =
            List.of(
                    run(1, 200, 1), //
                    run(2, 7_000, 1),
                    run(3, 300, 0));

    private static LossRun run(int number, long ms, int refused) {
        return new LossRun(
                number,
                Map.of("until another has it", Duration.ofMillis(ms)),
                Map.of("late acknowledgements refused", refused),
                "");
    }

    @Test
    void hasTheSpreadOfTimesBesideTheAim() {
        String row =
                LossTable.render(settings, runs)
                        .lines()
                        .filter(line -> line.startsWith("until another has it"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(row.matches(".* 3 +0\\.200 +0\\.300 +7\\.000 +7\\.000 +max 10 s"), row);
    }

    @Test
    void addsWhatWasCounted() {
        assertTrue(LossTable.render(settings, runs).contains("late acknowledgements refused: 2"));
    }

    @Test
    void theJsonHasEveryRun() throws IOException {
        Json json =
                Json.parse(
                        ByteBuffer.wrap(
                                LossTable.json(settings, runs).getBytes(StandardCharsets.UTF_8)));
        assertEquals(3, json.list("runs").size());
    }
}
