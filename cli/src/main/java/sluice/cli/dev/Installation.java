package sluice.cli.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sluice.log.SluiceException;

/**
 * Where the built parts are. The folders are laid out as in a built source tree; {@code ./sluice}
 * copies them so, and sets {@code sluice.root}.
 */
record Installation(Path root) {

    static final String ROOT_PROPERTY = "sluice.root";

    static Installation fromSystemProperty() {
        return new Installation(
                Path.of(System.getProperty(ROOT_PROPERTY, "")).toAbsolutePath().normalize());
    }

    Path gatewayJar() {
        return root.resolve("gateway/target/quarkus-app/quarkus-run.jar");
    }

    /** What {@code ./sluice aot} left for gateways to start from; need not be there. */
    Path gatewayCache() {
        return root.resolve(DevChildren.GATEWAY_CACHE);
    }

    Path s3Libraries() {
        return root.resolve("dev-stores/s3/target/lib");
    }

    /** Settings of the S3 server with {@code {port}} and {@code {folder}} to fill in. */
    Path s3Properties() {
        return root.resolve("dev-stores/s3/s3proxy.properties");
    }

    Path s3Logging() {
        return root.resolve("dev-stores/s3/logback.xml");
    }

    Path dynamoDbLibraries() {
        return root.resolve("dev-stores/dynamodb/target/lib");
    }

    /** The jar or folder this class was loaded from; the stores need {@link StoreMain} of it. */
    Path ownClasses() {
        try {
            return Path.of(
                    Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException("own classes are not in a file", e);
        }
    }

    Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /**
     * @throws SluiceException NOT_FOUND {@code not-built} if a part is missing
     */
    void check() {
        var parts =
                List.of(
                        gatewayJar(),
                        s3Libraries(),
                        s3Properties(),
                        s3Logging(),
                        dynamoDbLibraries());
        for (Path part : parts) {
            if (!Files.exists(part)) {
                throw new SluiceException(
                        SluiceException.Kind.NOT_FOUND,
                        "not-built",
                        "not built: " + part + " is missing; start dev by ./sluice dev");
            }
        }
    }

    /** For tests and messages: the last lines of a file, or why there are none. */
    static List<String> tail(Path file, int lines) {
        try {
            var all = Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of("(" + file + " cannot be read: " + e + ")");
        }
    }
}
