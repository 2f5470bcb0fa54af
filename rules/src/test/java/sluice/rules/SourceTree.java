package sluice.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the project as they are tracked, and its modules as the root pom lists them. */
final class SourceTree {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** Folders that are made, not written. */
    private static final List<String> MADE = List.of(".git", ".sluice", "target", ".idea");

    static final Path ROOT = root();

    private SourceTree() {}

    /** Paths of the modules relative to the root, in the order of the build. */
    static List<String> modules() {
        return MODULE.matcher(text(ROOT.resolve("pom.xml")).orElseThrow())
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** Tracked files, and those that would be tracked by the next commit; relative to the root. */
    static List<Path> files() {
        try {
            var git =
                    new ProcessBuilder(
                                    "git",
                                    "ls-files",
                                    "-z",
                                    "--cached",
                                    "--others",
                                    "--exclude-standard")
                            .directory(ROOT.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String listed;
            try (InputStream out = git.getInputStream()) {
                listed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (git.waitFor() == 0) {
                return Stream.of(listed.split("\0"))
                        .map(Path::of)
                        .filter(file -> Files.isRegularFile(ROOT.resolve(file)))
                        .distinct()
                        .toList();
            }
        } catch (IOException e) {
            // No git here: a source archive. Its files are those of the folder.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return filesInFolder();
    }

    static List<Path> javaFiles() {
        return files().stream().filter(file -> file.toString().endsWith(".java")).toList();
    }

    /** The text of a file; empty if it is not UTF-8, such as an image. */
    static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(ROOT.resolve(file)));
        } catch (MalformedInputException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> filesInFolder() {
        try (var all = Files.walk(ROOT)) {
            return all.filter(Files::isRegularFile)
                    .map(ROOT::relativize)
                    .filter(file ->
                            Stream.iterate(file, p -> p != null, Path::getParent)
                                    .map(p -> String.valueOf(p.getFileName()))
                                    .noneMatch(MADE::contains))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests run in the folder of their module. */
    private static Path root() {
        var here = Path.of("").toAbsolutePath();
        if (!Files.exists(here.resolve("sluice"))) {
            here = here.resolveSibling("").normalize();
        }
        if (!Files.exists(here.resolve("sluice"))) {
            throw new IllegalStateException("the root of the project is not above: " + here);
        }
        return here;
    }
}
