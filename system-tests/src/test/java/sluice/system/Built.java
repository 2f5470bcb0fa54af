package sluice.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build left for these tests. */
final class Built {

    /** Tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> PARTS =
            List.of(
                    "gateway/target/quarkus-app/quarkus-run.jar",
                    "cli/target/lib",
                    "dev-stores/s3/target/lib",
                    "dev-stores/dynamodb/target/lib");

    private static final int SIGINT = 2;

    private Built() {}

    /** True after {@code mvn verify} or {@code package}; {@code mvn test} leaves no jars. */
    static boolean everything() {
        return PARTS.stream().allMatch(part -> Files.exists(ROOT.resolve(part)));
    }

    /**
     * True if this process was started with SIGINT ignored, as shells start jobs in the background;
     * its children inherit that. Only Linux tells.
     */
    static boolean isDeafToCtrlC() throws IOException {
        var status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(ignored -> (ignored >> (SIGINT - 1) & 1) == 1);
    }

    /** As {@link #everything}, for tests that take minutes: only if they are asked for. */
    static boolean everythingAndMinutes() {
        return everything() && "all".equals(System.getProperty("sluice.processes"));
    }
}
