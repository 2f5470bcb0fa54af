package sluice.cli.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/**
 * The one folder under which a local cluster keeps everything, locked while this is open.
 *
 * <pre>
 *   sluice-dev.marker   says that the folder is ours; holds the largest number of gateways used
 *   sluice-dev.lock     locked while a dev runs; holds its process id
 *   logs/NAME.log       output of each child
 *   s3/  dynamodb/      the stores
 *   gateway-N/          the disk of a gateway
 * </pre>
 */
final class DataFolder implements AutoCloseable {

    static final String MARKER = "sluice-dev.marker";
    static final String LOCK = "sluice-dev.lock";

    private static final String GATEWAYS_KEY = "gateways=";

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes the folder, or takes up one that an earlier {@code dev} made.
     *
     * @param fresh empties it first
     * @throws SluiceException CONFLICT {@code data-in-use} if another process has it open; {@code
     *     data-foreign} if it holds files and was not made by {@code dev}: nothing in it was
     *     touched then
     */
    static DataFolder open(Path path, boolean fresh) {
        try {
            checkOurs(path);
            Files.createDirectories(path);
            var channel = lock(path);
            try {
                if (fresh) {
                    empty(path);
                }
                if (Files.notExists(path.resolve(MARKER))) {
                    Files.writeString(path.resolve(MARKER), GATEWAYS_KEY + "0\n");
                }
                Files.createDirectories(path.resolve("logs"));
                return new DataFolder(path, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "data-unusable",
                    "the data folder " + path + " cannot be used: " + e,
                    e);
        }
    }

    Path path() {
        return path;
    }

    Path log(String child) {
        return path.resolve("logs").resolve(child + ".log");
    }

    /**
     * Notes with how many gateways the folder is used.
     *
     * @return the largest number it was used with before; 0 if never
     */
    int noteGateways(int gateways) {
        try {
            var marker = path.resolve(MARKER);
            int before =
                    Files.readString(marker)
                            .lines()
                            .filter(line -> line.startsWith(GATEWAYS_KEY))
                            .mapToInt(line -> Integer.parseInt(line.substring(9).strip()))
                            .max()
                            .orElse(0);
            Files.writeString(marker, GATEWAYS_KEY + Math.max(before, gateways) + "\n");
            return before;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the folder free for another process. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with this process.
        }
    }

    private static void checkOurs(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw foreign(path, "it is not a folder");
        }
        if (Files.exists(path.resolve(MARKER))) {
            return;
        }
        try (var entries = Files.list(path)) {
            // A lock alone is what a dev leaves that ended between making it and the marker.
            if (entries.anyMatch(entry -> !entry.endsWith(LOCK))) {
                throw foreign(path, "it holds files, and no " + MARKER);
            }
        }
    }

    private static SluiceException foreign(Path path, String why) {
        return new SluiceException(
                SluiceException.Kind.CONFLICT,
                "data-foreign",
                "%s was not made by ./sluice dev (%s); choose an empty or new folder with --data"
                        .formatted(path, why));
    }

    private static FileChannel lock(Path path) throws IOException {
        var file = path.resolve(LOCK);
        var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            var pid = Files.readString(file).strip();
            channel.close();
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT,
                    "data-in-use",
                    "another ./sluice dev (pid %s) uses the data folder %s; stop it, or choose another with --data"
                            .formatted(pid, path));
        }
        channel.truncate(0);
        var pid = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Deletes all but the lock, which is held. Symbolic links are deleted, not followed. */
    private static void empty(Path path) throws IOException {
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!file.equals(path.resolve(LOCK))) {
                            Files.deleteIfExists(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        if (!folder.equals(path)) {
                            Files.delete(folder);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
