package sluice.log.wal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sluice.log.wal.SegmentId;

class SegmentFileTest {

    private static final Path ANYWHERE = Path.of("segment");

    private final DeviceChannel.Device device = new DeviceChannel.Device();
    private final OpenFiles files = new OpenFiles(1, (file, mode) -> new DeviceChannel(device));
    private final SegmentFile segment =
            new SegmentFile(new SegmentId(new UUID(1, 1), 0), ANYWHERE, 0, files);
    private final ArrayDeque<Runnable> threads = new ArrayDeque<>();
    private final List<@Nullable IOException> ends = new ArrayList<>();

    @Test
    void f8AfterASyncThatFailedNothingOfTheSegmentIsBelievedThoughTheDeviceRecovers()
            throws IOException {
        segment.write(0, parts("lost"));
        device.failing = true;
        segment.sync(ends::add, threads::add);
        runSyncs();
        device.failing = false;

        segment.sync(ends::add, threads::add);
        runSyncs();

        assertEquals(2, ends.size());
        assertInstanceOf(IOException.class, ends.get(0));
        assertInstanceOf(IOException.class, ends.get(1));
        assertThrows(IOException.class, () -> segment.write(4, parts("more")));
        assertThrows(IOException.class, () -> segment.truncate(0));
    }

    @Test
    void f8WhoWaitedForTheNextSyncHearsOfTheFailureToo() throws IOException {
        segment.write(0, parts("lost"));
        device.failing = true;
        device.duringForce =
                () -> {
                    device.failing = false;
                    segment.sync(ends::add, threads::add);
                };
        segment.sync(ends::add, threads::add);
        runSyncs();

        assertEquals(2, ends.size());
        assertTrue(ends.stream().allMatch(IOException.class::isInstance), "ends: " + ends);
    }

    @Test
    void aWriteDuringASyncIsLeftToTheNextOneAndKeepsTheFileOpen() throws IOException {
        segment.write(0, parts("before"));
        device.duringForce = () -> write(6, "during");
        segment.sync(ends::add, threads::add);
        runSyncs();
        files.lease(Path.of("other"), OpenFiles.Mode.WRITE).release();

        assertEquals(1, ends.size());
        assertNull(ends.getFirst());
        write(18, "more");
        assertEquals(2, device.opened, "the handle that has unsynced bytes is kept");
        segment.sync(ends::add, threads::add);
        runSyncs();
        files.lease(Path.of("another"), OpenFiles.Mode.WRITE).release();
        write(12, "after");
        assertEquals(4, device.opened, "a handle without is not");
    }

    private void write(long position, String text) {
        try {
            segment.write(position, parts(text));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void runSyncs() {
        Runnable task;
        while ((task = threads.poll()) != null) {
            task.run();
        }
    }

    private static ByteBuffer[] parts(String text) {
        return new ByteBuffer[] {ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))};
    }
}
