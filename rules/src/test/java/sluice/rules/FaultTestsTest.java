package sluice.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The table of {@code docs/fault-tests.md} names tests that exist, for each fault that matters
 * here.
 */
class FaultTestsTest {

    private static final Path TABLE = Path.of("docs/fault-tests.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| F(\\d+) \\|.*$");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");

    /**
     * Faults of replication, metadata, clients and objects; the others come with what they break.
     */
    private static final List<Integer> WANTED =
            IntStream.concat(
                            IntStream.concat(
                                    IntStream.rangeClosed(1, 33), IntStream.rangeClosed(38, 48)),
                            IntStream.of(51))
                    .boxed()
                    .toList();

    private final String table = SourceTree.text(TABLE).orElseThrow();

    @Test
    void noFaultIsMissing() {
        var missing = new TreeSet<>(WANTED);
        ROW.matcher(table).results().forEach(row -> missing.remove(Integer.valueOf(row.group(1))));

        assertEquals(new TreeSet<Integer>(), missing);
    }

    @Test
    void eachFaultHasATest() {
        var without = new ArrayList<String>();
        ROW.matcher(table)
                .results()
                .filter(row -> !NAMED.matcher(row.group()).find())
                .forEach(row -> without.add("F" + row.group(1)));

        assertEquals(List.of(), without);
    }

    @Test
    void eachTestThatIsNamedExists() {
        Map<String, String> sources = testSources();
        assertTrue(sources.size() > 30, () -> "" + sources.size());
        var absent = new ArrayList<String>();
        NAMED.matcher(table)
                .results()
                .filter(each -> !declares(sources.getOrDefault(each.group(1), ""), each.group(2)))
                .forEach(each -> absent.add(each.group()));

        assertEquals(List.of(), absent);
    }

    /** A method that JUnit runs, in the class itself or in one nested in it. */
    private static boolean declares(String source, String method) {
        return Pattern.compile(
                        "@(Test|ParameterizedTest|RepeatedTest)\\b[^;{}]*(\\{[^{}]*\\}[^;{}]*)?\\bvoid "
                                + method
                                + "\\(")
                .matcher(source)
                .find();
    }

    private static Map<String, String> testSources() {
        Map<String, String> sources = new HashMap<>();
        for (Path file : SourceTree.javaFiles()) {
            String name = String.valueOf(file.getFileName()).replace(".java", "");
            if (file.toString().contains("src/test/java")) {
                sources.merge(name, SourceTree.text(file).orElse(""), String::concat);
            }
        }
        return sources;
    }
}
