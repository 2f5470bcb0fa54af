package sluice.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import sluice.bench.Folders;
import sluice.bench.cluster.LocalCluster;

/**
 * One cluster of three gateways for the tests of all classes that name it, whole at the beginning
 * of each: a start takes longer than most of them. It ends with the last class; its folder stays if
 * a test failed.
 */
final class ThreeGateways implements BeforeAllCallback, TestWatcher {

    private @Nullable Kept kept;

    private static final class Kept implements AutoCloseable {
        private final Path folder;
        private final SharedCluster cluster;
        private boolean hasFailed;

        Kept() {
            try {
                folder = Files.createTempDirectory("three-gateways-");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            cluster = new SharedCluster(folder, 3, 3, Map.of());
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            if (!hasFailed) {
                Folders.delete(folder);
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        kept =
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(ThreeGateways.class))
                        .computeIfAbsent("kept", _ -> new Kept(), Kept.class);
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        var failed = Objects.requireNonNull(kept);
        failed.hasFailed = true;
        System.err.println("the cluster's folder stays: " + failed.folder);
    }

    /** Mended if the test before broke it. */
    LocalCluster whole() throws IOException, InterruptedException {
        return Objects.requireNonNull(kept).cluster.whole();
    }
}
