package sluice.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build left for these tests. */
final class Built {

    /** Tests run in the folder of their module. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final List<String> PARTS =
            List.of(
                    "gateway/target/quarkus-app/quarkus-run.jar",
                    "cli/target/lib",
                    "dev-stores/s3/target/lib",
                    "dev-stores/dynamodb/target/lib");

    private Built() {}

    /** True after {@code mvn verify} or {@code package}; {@code mvn test} leaves no jars. */
    static boolean everything() {
        return PARTS.stream().allMatch(part -> Files.exists(ROOT.resolve(part)));
    }
}
