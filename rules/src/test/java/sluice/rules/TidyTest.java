package sluice.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The form of tracked files. */
class TidyTest {

    /** Lines allowed in a Java file. Lower it whenever you can; never raise it. */
    private static final int FILE_LINES_MAX = 400;

    /** Made by the wrapper's own generator, and kept as it made them. */
    private static final List<Path> GENERATED = List.of(Path.of("mvnw"));

    /** Joined here from parts, so that this file does not contain what it forbids. */
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static final Pattern OF_ONE_MACHINE =
            Pattern.compile("(^|[^\\w.*/-])/(wo" + "rk|fa" + "rm|ro" + "ot)/");

    private static final Pattern NOT_OF_THE_PROJECT =
            Pattern.compile("\\bassis" + "tants?\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern POM_VERSION =
            Pattern.compile("<version>(?!\\$\\{)[^<]*</version>");

    @Test
    void thereAreFilesToCheck() {
        assertTrue(SourceTree.javaFiles().size() > 30, () -> "" + SourceTree.javaFiles().size());
    }

    @Test
    void aJavaFileIsShortEnoughToRead() {
        assertNone(
                SourceTree.javaFiles(),
                text -> {
                    long lines = text.lines().count();
                    return lines <= FILE_LINES_MAX
                            ? Stream.of()
                            : Stream.of(lines + " lines; split it by responsibility");
                });
    }

    @Test
    void indentationIsBlanks() {
        assertNone(written(".java", ".xml", ".md", ".yml", ".yaml"), lines(Pattern.compile("\t")));
    }

    @Test
    void nothingIsLeftForLater() {
        assertNone(written(".java", ".xml", ".sh", "sluice"), lines(UNFINISHED));
    }

    @Test
    void nothingNamesAPathOfOneMachine() {
        assertNone(written(""), lines(OF_ONE_MACHINE));
    }

    @Test
    void textsSpeakOfTheProjectAlone() {
        assertNone(written(""), lines(NOT_OF_THE_PROJECT));
    }

    @Test
    void versionsStandInTheRootPomAlone() {
        var poms = written("pom.xml").stream().filter(file -> file.getNameCount() > 1).toList();
        assertTrue(poms.size() >= 7, poms::toString);
        // The one version a module must write is that of its parent.
        assertNone(
                poms,
                text ->
                        POM_VERSION
                                .matcher(text.replaceFirst("(?s)<parent>.*?</parent>", ""))
                                .results()
                                .map(found -> found.group() + " belongs in the root pom"));
    }

    @Test
    void eachModuleSaysWhatItOwns() {
        var missing = new ArrayList<String>();
        for (String module : ModuleClasses.MODULES) {
            var charter = charter(module);
            for (String part : List.of("Owns:", "Must not own:", "May depend on:")) {
                if (!charter.contains(part)) {
                    missing.add(module + ": its root package-info.java has no '" + part + "'");
                }
            }
            if (!charter.matches("(?s).*(Fold|fold).*")) {
                missing.add(module + ": its root package-info.java says not when to fold it away");
            }
        }
        assertEquals(List.of(), missing);
    }

    /** The text of the package-info nearest to the module's source root, on one line. */
    private static String charter(String module) {
        var sources = SourceTree.ROOT.resolve(module, "src/main/java");
        try (var files = Files.walk(sources)) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .min(java.util.Comparator.comparingInt(Path::getNameCount))
                    .flatMap(SourceTree::text)
                    .orElse("")
                    .replaceAll("\\s+(\\*\\s+)?", " ");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Path> written(String... endings) {
        return SourceTree.files().stream()
                .filter(file -> !GENERATED.contains(file))
                .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                .toList();
    }

    private static Function<String, Stream<String>> lines(Pattern forbidden) {
        return text -> {
            var found = new ArrayList<String>();
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (forbidden.matcher(line).find()) {
                    found.add("line " + number + ": " + line.strip());
                }
            }
            return found.stream();
        };
    }

    private static void assertNone(List<Path> files, Function<String, Stream<String>> check) {
        var findings =
                files.stream()
                        .flatMap(file ->
                                SourceTree.text(file).stream()
                                        .flatMap(check)
                                        .map(finding -> file + ": " + finding))
                        .toList();
        assertEquals("", String.join("\n", findings));
    }
}
