package sluice.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import sluice.bench.Folders;

/**
 * Where the stores of a measured cluster keep their data: in memory, if this machine has enough of
 * it. In use they are other machines; here their writes would go through the same journal as the
 * nodes' logs, and each sync of a log would wait for objects that are being written.
 */
final class StoreFolder implements AutoCloseable {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long BYTES_MIN = 8L << 30;

    private final Optional<Path> inMemory;

    private StoreFolder(Optional<Path> inMemory) {
        this.inMemory = inMemory;
    }

    /** Makes the stores' folders below {@code data} lead into memory. */
    static StoreFolder below(Path data, String... stores) throws IOException {
        Files.createDirectories(data);
        if (!Files.isWritable(MEMORY) || Files.getFileStore(MEMORY).getUsableSpace() < BYTES_MIN) {
            return new StoreFolder(Optional.empty());
        }
        Path folder = Files.createTempDirectory(MEMORY, "sluice-bench-");
        for (String store : stores) {
            Files.createSymbolicLink(
                    data.resolve(store), Files.createDirectory(folder.resolve(store)));
        }
        return new StoreFolder(Optional.of(folder));
    }

    @Override
    public void close() throws IOException {
        if (inMemory.isPresent()) {
            Folders.delete(inMemory.get());
        }
    }
}
