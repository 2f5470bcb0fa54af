package sluice.cli.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.cli.http.CommandFailure;

class LineSourcesTest {

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() throws Exception {
        Files.createDirectories(folder.resolve("src/b/deep"));
        Files.writeString(folder.resolve("src/b/deep/C.java"), "c");
        Files.writeString(folder.resolve("src/b/B.java"), "bb");
        Files.writeString(folder.resolve("src/a.txt"), "a");
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("src/lib.zip")))) {
            zip.putNextEntry(new ZipEntry("x/"));
            zip.putNextEntry(new ZipEntry("x/X.java"));
            zip.write("xxx".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("x/y/Y.java"));
            zip.write("yyyy".getBytes(StandardCharsets.UTF_8));
        }
    }

    private LineSources sources(boolean recursive, String include, String... names) {
        List<String> paths = new ArrayList<>();
        for (String name : names) {
            paths.add(name.equals("-") ? name : folder.resolve(name).toString());
        }
        var input = new ByteArrayInputStream("in".getBytes(StandardCharsets.UTF_8));
        return new LineSources(paths, recursive, include, input);
    }

    private List<String> read(boolean recursive, String include, String... names) throws Exception {
        List<String> found = new ArrayList<>();
        String prefix = folder.toString().replace('\\', '/') + "/";
        sources(recursive, include, names)
                .forEach((path, content) ->
                        found.add(
                                path.replace(prefix, "")
                                        + "="
                                        + new String(
                                                content.readAllBytes(), StandardCharsets.UTF_8)));
        return found;
    }

    @Test
    void foldersAreWalkedInNameOrder() throws Exception {
        assertEquals(
                List.of("src/b/B.java=bb", "src/b/deep/C.java=c"), read(true, "*.java", "src"));
    }

    @Test
    void anIncludeWithASlashIsForWholePaths() throws Exception {
        assertEquals(List.of("src/b/deep/C.java=c"), read(true, "**/deep/*", "src"));
        assertEquals(List.of("x/X.java=xxx"), read(true, "x/*.java", "src/lib.zip"));
    }

    @Test
    void entriesOfANamedArchiveAreFiles() throws Exception {
        assertEquals(List.of("x/X.java=xxx", "x/y/Y.java=yyyy"), read(false, "", "src/lib.zip"));
    }

    @Test
    void aNamedFileIsTakenWhateverIsIncluded() throws Exception {
        assertEquals(List.of("src/a.txt=a"), read(false, "*.java", "src/a.txt"));
    }

    @Test
    void standardInputIsTheDashAndTheDefault() throws Exception {
        assertEquals(List.of("src/a.txt=a", "stdin=in"), read(false, "", "src/a.txt", "-"));
        assertEquals(List.of("stdin=in"), read(false, ""));
    }

    @Test
    void sizesAreThoseOfTheContent() throws Exception {
        assertEquals(OptionalLong.of(3), sources(true, "*.java", "src").sizeBytes());
        assertEquals(OptionalLong.of(7), sources(true, "", "src/lib.zip").sizeBytes());
        assertEquals(OptionalLong.empty(), sources(true, "", "src/a.txt", "-").sizeBytes());
    }

    @Test
    void aFolderNeedsRecursive() {
        var failure = assertThrows(CommandFailure.class, () -> read(false, "", "src"));
        assertEquals("add --recursive", failure.problem().action());
    }

    @Test
    void aMissingFileIsNamed() {
        var failure = assertThrows(CommandFailure.class, () -> read(false, "", "nowhere"));
        assertEquals("No such file", failure.problem().title());
    }
}
