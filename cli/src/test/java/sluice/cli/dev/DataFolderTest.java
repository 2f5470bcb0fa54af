package sluice.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.log.SluiceException;

class DataFolderTest {

    @TempDir Path parent;

    @Test
    void findsEverythingAgain() throws Exception {
        var data = parent.resolve("data");
        try (var first = DataFolder.open(data, false)) {
            Files.writeString(first.path().resolve("kept"), "x");
        }

        try (var second = DataFolder.open(data, false)) {
            assertTrue(Files.exists(second.path().resolve("kept")));
        }
    }

    @Test
    void freshDeletesAllButNothingOutsideThroughALink() throws Exception {
        var data = parent.resolve("data");
        var outside = Files.createDirectories(parent.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "x");
        try (var first = DataFolder.open(data, false)) {
            Files.createDirectories(first.path().resolve("s3/deep"));
            Files.writeString(first.path().resolve("s3/deep/old"), "x");
            Files.createSymbolicLink(first.path().resolve("link"), outside);
        }

        try (var second = DataFolder.open(data, true)) {
            assertFalse(Files.exists(second.path().resolve("s3")));
            assertFalse(Files.exists(second.path().resolve("link")));
        }
        assertTrue(Files.exists(outside.resolve("precious")));
    }

    @Test
    void aFolderOfSomeoneElseIsNeverTouched() throws Exception {
        Files.writeString(parent.resolve("thesis"), "x");

        var refused = assertThrows(SluiceException.class, () -> DataFolder.open(parent, true));

        assertEquals("data-foreign", refused.code());
        assertTrue(Files.exists(parent.resolve("thesis")));
        assertFalse(Files.exists(parent.resolve(DataFolder.LOCK)));
    }

    @Test
    void isOpenOnlyOnceAtATime() throws Exception {
        var data = parent.resolve("data");
        try (var first = DataFolder.open(data, false)) {
            Files.writeString(first.path().resolve("kept"), "x");

            var refused = assertThrows(SluiceException.class, () -> DataFolder.open(data, true));

            assertEquals("data-in-use", refused.code());
            assertTrue(
                    refused.toString().contains("pid " + ProcessHandle.current().pid()),
                    refused::toString);
            assertTrue(Files.exists(first.path().resolve("kept")), "fresh waits for the lock");
        }
        DataFolder.open(data, false).close();
    }

    @Test
    void remembersTheLargestNumberOfGateways() {
        try (var folder = DataFolder.open(parent.resolve("data"), false)) {
            assertEquals(0, folder.noteGateways(3));
            assertEquals(3, folder.noteGateways(1));
            assertEquals(3, folder.noteGateways(5));
            assertEquals(5, folder.noteGateways(1));
        }
    }
}
