package sluice.cli.produce;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;

/**
 * The files of one command: plain files, folders walked in name order, zip archives entry by entry,
 * standard input.
 *
 * <p>{@code include} chooses among what is found in folders and archives; a file that was named is
 * always taken. An archive is opened only if it was named itself.
 */
public final class LineSources {

    private static final String STANDARD_INPUT = "-";

    /** Takes the files, one after the other. */
    interface FileSink {
        /**
         * @param path with {@code /} between its parts; for an archive, the entry's own
         * @param content closed by the caller
         */
        void file(String path, InputStream content) throws IOException, InterruptedException;
    }

    private interface Found {
        void at(String path, long sizeBytes, Opening opening)
                throws IOException, InterruptedException;
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    private final List<String> names;
    private final boolean recursive;
    private final String include;
    private final InputStream standardInput;

    /**
     * @param names files, folders, archives, {@code -}; none means standard input
     * @param include a glob: for file names, or for whole paths if it holds a {@code /}
     */
    public LineSources(
            List<String> names, boolean recursive, String include, InputStream standardInput) {
        this.names = names.isEmpty() ? List.of(STANDARD_INPUT) : List.copyOf(names);
        this.recursive = recursive;
        this.include = include;
        this.standardInput = standardInput;
    }

    /** Opens each file in turn. */
    void forEach(FileSink sink) throws IOException, InterruptedException {
        visit((path, _, opening) -> {
            try (InputStream content = opening.open()) {
                sink.file(path, content);
            }
        });
    }

    /** Bytes to read, uncompressed; empty if standard input is among the sources. */
    OptionalLong sizeBytes() throws IOException, InterruptedException {
        long[] total = {0};
        visit((_, sizeBytes, _) ->
                total[0] = sizeBytes < 0 ? Long.MIN_VALUE : total[0] + sizeBytes);
        return total[0] < 0 ? OptionalLong.empty() : OptionalLong.of(total[0]);
    }

    private void visit(Found found) throws IOException, InterruptedException {
        for (String name : names) {
            if (name.equals(STANDARD_INPUT)) {
                found.at("stdin", -1, () -> uncloseable(standardInput));
                continue;
            }
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                if (!recursive) {
                    throw failure("Not a file", name + " is a folder", "add --recursive");
                }
                visitFolder(path, found);
            } else if (!Files.exists(path)) {
                throw failure("No such file", name + " does not exist", "check the path");
            } else if (isArchive(name)) {
                visitArchive(path, found);
            } else {
                visitFile(path, found);
            }
        }
    }

    private void visitFolder(Path folder, Found found) throws IOException, InterruptedException {
        List<Path> children;
        try (Stream<Path> listing = Files.list(folder)) {
            children = listing.sorted().toList();
        }
        for (Path child : children) {
            if (Files.isDirectory(child)) {
                visitFolder(child, found);
            } else if (Files.isRegularFile(child) && included(slashed(child))) {
                visitFile(child, found);
            }
        }
    }

    private static void visitFile(Path file, Found found) throws IOException, InterruptedException {
        // A pipe or a device has no size to speak of.
        long sizeBytes = Files.isRegularFile(file) ? Files.size(file) : -1;
        found.at(slashed(file), sizeBytes, () -> Files.newInputStream(file));
    }

    private void visitArchive(Path archive, Found found) throws IOException, InterruptedException {
        try (var zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && included(entry.getName())) {
                    found.at(
                            entry.getName(),
                            Math.max(entry.getSize(), 0),
                            () -> new BufferedInputStream(zip.getInputStream(entry)));
                }
            }
        }
    }

    private boolean included(String path) {
        if (include.isEmpty()) {
            return true;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + include);
        Path whole = Path.of(path);
        return matcher.matches(include.contains("/") ? whole : whole.getFileName());
    }

    private static boolean isArchive(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".zip") || lower.endsWith(".jar");
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }

    private static InputStream uncloseable(InputStream in) {
        return new java.io.FilterInputStream(in) {
            @Override
            public void close() {
                // Standard input belongs to the process.
            }
        };
    }

    private static CommandFailure failure(String title, String detail, String action) {
        return new CommandFailure(Problem.local(title, detail, action));
    }
}
