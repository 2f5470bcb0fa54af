package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real file goes in through one gateway and comes back from another, byte for byte and in order
 * for each key: once while it is new, and once from objects, after all gateways were stopped. The
 * README has the same at full size.
 */
@Timeout(300)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class RealInputTest {

    private static final Path SOURCES = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    private static final String PART = "java.base/java/util/";

    @TempDir Path folder;

    @Test
    void comesBackWholeAndInOrderFromAnotherGateway() throws Exception {
        assumeTrue(Files.exists(SOURCES), "this JDK has no sources: " + SOURCES);
        Map<String, List<String>> expected = linesByFile();
        assertTrue(expected.values().stream().mapToInt(List::size).sum() > 50_000, "enough lines");
        try (var dev = DevProcess.start(folder.resolve("data")).awaitReady()) {
            assertEquals(0, cli(dev, 0, "topic", "create", "sources", "--partitions", "6"));
            assertEquals(
                    0,
                    cli(
                            dev,
                            0,
                            "produce",
                            "sources",
                            SOURCES.toString(),
                            "--key-path",
                            "--include",
                            PART + "**.java",
                            "--quiet"));

            assertEquals(expected, consumed(dev, 2));

            dev.signal("TERM");
            assertEquals(143, dev.awaitExit());
        }
        // A stop brings everything into objects; without the wals' disks it cannot come from them.
        for (int i = 1; i <= 3; i++) {
            removeFolder(folder.resolve("data").resolve("gateway-" + i));
        }
        try (var dev = DevProcess.start(folder.resolve("data")).awaitReady()) {
            assertEquals(expected, consumed(dev, 1));
        }
    }

    private static void removeFolder(Path root) throws IOException {
        assertTrue(Files.isDirectory(root), "the gateway's disk: " + root);
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private int cli(DevProcess dev, int gateway, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--gateway");
        all.add(dev.gateways().get(gateway).toString());
        return CliProcess.run(folder.resolve("out"), all.toArray(String[]::new));
    }

    private Map<String, List<String>> consumed(DevProcess dev, int gateway) throws Exception {
        assertEquals(
                0, cli(dev, gateway, "consume", "sources", "--format", "key-value", "--quiet"));
        Map<String, List<String>> lines = new HashMap<>();
        var output = Files.readString(folder.resolve("out"), StandardCharsets.ISO_8859_1);
        for (String line : output.split("\n", -1)) {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                lines.computeIfAbsent(line.substring(0, tab), _ -> new ArrayList<>())
                        .add(line.substring(tab + 1));
            }
        }
        return lines;
    }

    private static Map<String, List<String>> linesByFile() throws IOException {
        Map<String, List<String>> lines = new HashMap<>();
        try (var zip = new ZipFile(SOURCES.toFile())) {
            for (var entry : zip.stream().toList()) {
                if (entry.getName().startsWith(PART) && entry.getName().endsWith(".java")) {
                    var text =
                            new String(
                                    zip.getInputStream(entry).readAllBytes(),
                                    StandardCharsets.ISO_8859_1);
                    var all = new ArrayList<>(List.of(text.split("\n", -1)));
                    if (all.getLast().isEmpty()) {
                        all.removeLast();
                    }
                    lines.put(entry.getName(), all);
                }
            }
        }
        return lines;
    }
}
