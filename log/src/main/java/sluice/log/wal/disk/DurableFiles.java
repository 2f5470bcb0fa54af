package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Small files that are there whole, or not at all, after a power cut; and names that last. */
final class DurableFiles {

    /** Suffix of a file that is being made; left over after a crash, it means nothing. */
    static final String UNFINISHED = ".tmp";

    private DurableFiles() {}

    /** Replaces the file by these bytes; durable on return. */
    static void write(Path file, ByteBuffer... bytes) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try (var channel =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (ByteBuffer part : bytes) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(parentOf(file));
    }

    /**
     * @param bytesMax more than this is never a file of ours
     */
    static ByteBuffer read(Path file, int bytesMax) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(bytesMax + 1);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            return bytes.flip();
        }
    }

    /** Makes a folder with those above it, as far as they are missing, with durable names. */
    static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = parentOf(folder);
            createFolder(parent);
            Files.createDirectory(folder);
            syncFolder(parent);
        }
    }

    /** Makes the names in a folder durable. */
    static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** CRC-32C of the bytes from 0 to the position. */
    static int crcBefore(ByteBuffer bytes, int end) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(end));
        return (int) crc.getValue();
    }

    private static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not a place for files: path=" + path);
        }
        return parent;
    }
}
