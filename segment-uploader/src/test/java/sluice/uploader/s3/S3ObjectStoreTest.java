package sluice.uploader.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sluice.log.SluiceException.Kind;
import sluice.uploader.BucketLifecycle;
import sluice.uploader.ObjectStore;
import sluice.uploader.ObjectStoreContract;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ObjectStoreTest extends ObjectStoreContract {

    private LocalS3 server;
    private S3ObjectStore store;

    @BeforeAll
    void start(@TempDir Path folder) {
        server = LocalS3.start(folder);
        store = new S3ObjectStore(server.config("sluice-test"));
        store.ensureBucket();
    }

    @AfterAll
    void stop() {
        store.close();
        server.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected BucketLifecycle lifecycle() {
        return store.lifecycle();
    }

    @Test
    void aBucketIsMadeOnce() {
        store.ensureBucket();
        store.ensureBucket();
    }

    @Test
    void moreKeysThanAPageAreListed() {
        for (int i = 0; i < 23; i++) {
            store.put("pages/%02d".formatted(i), List.of(bytes("x")));
        }
        var limits =
                new S3Limits(
                        Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 4, 5);
        try (var small = new S3ObjectStore(server.config("sluice-test"), limits)) {
            List<ObjectStore.Found> all = small.list("pages/", "", 1_000);

            assertEquals(23, all.size());
            assertEquals("pages/22", all.getLast().key());
            assertEquals(12, small.list("pages/", "", 12).size());
        }
    }

    @Test
    void aMissingBucketIsARefusalAndNotAMissingObject() {
        try (var elsewhere = new S3ObjectStore(server.config("no-such-bucket"))) {
            assertError(
                    Kind.INVALID,
                    "object-store-refused",
                    () -> elsewhere.put("a", List.of(bytes("x"))));
            assertError(Kind.INVALID, "object-store-refused", () -> elsewhere.read("a", 0, 1));
        }
    }

    @Test
    void wrongCredentialsAreARefusal() {
        var config = server.config("sluice-test");
        var wrong =
                new S3Config(
                        config.endpoint(),
                        config.region(),
                        config.bucket(),
                        true,
                        Optional.of(new S3Config.Credentials("sluice", "wrong")));
        try (var stranger = new S3ObjectStore(wrong)) {
            assertError(
                    Kind.INVALID,
                    "object-store-refused",
                    () -> stranger.put("a", List.of(bytes("x"))));
        }
    }

    @Test
    void aStoreWithoutTheChecksumHeaderIsVerifiedByLength() {
        var config = server.config("sluice-test");
        var plain =
                new S3Config(
                        config.endpoint(),
                        config.region(),
                        config.bucket(),
                        true,
                        config.credentials(),
                        false);
        try (var other = new S3ObjectStore(plain)) {
            other.put("plain/a", List.of(bytes("hello"), ByteBuffer.allocate(0)));

            assertEquals(bytes("hello"), other.read("plain/a", 0, 5));
        }
    }
}
