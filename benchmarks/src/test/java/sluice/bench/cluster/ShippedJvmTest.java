package sluice.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShippedJvmTest {

    @Test
    void isWhatTheImageStartsAGatewayWith() throws IOException {
        String image = Files.readString(Path.of("..", "infra", "Dockerfile"));
        for (String option : ShippedJvm.options("1g", List.of())) {
            if (!option.startsWith("-Xms")) {
                assertTrue(image.contains(option), option);
            }
        }
        // The image says the same of a container's memory instead of a size.
        assertTrue(image.contains("-XX:InitialRAMPercentage=60"));
        assertTrue(image.contains("-XX:MaxRAMPercentage=60"));
    }

    @Test
    void takesAnotherCollectorInsteadOfOurs() {
        List<String> options =
                ShippedJvm.options("1g", List.of("-XX:+UseParallelGC", "-XX:NewRatio=2"));
        assertFalse(options.contains("-XX:+UseG1GC"));
        assertEquals("-XX:NewRatio=2", options.getLast());
    }

    @Test
    void keepsOursBesideOtherOptions() {
        assertTrue(
                ShippedJvm.options("1g", List.of("-XX:+UseStringDeduplication"))
                        .contains("-XX:+UseG1GC"));
    }
}
