package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sluice.cli.twin.CommandRun;

/** People start commands by {@code ./sluice}, which must know each by name. */
class LauncherTest {

    private static final Pattern COMMAND = Pattern.compile("^  ([a-z]+) ");

    private static List<String> commands() {
        return CommandRun.of("--help").lines().stream()
                .dropWhile(line -> !line.startsWith("Commands:"))
                .takeWhile(line -> !line.isBlank())
                .map(COMMAND::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void theLauncherKnowsEveryCommand() throws IOException {
        String launcher = Files.readString(Path.of("..", "sluice"));

        assertTrue(commands().contains("topic"), commands()::toString);
        for (String command : commands()) {
            assertEquals(
                    List.of(),
                    List.of(
                                    "(?m)^    ([a-z]+ \\| )*%s( \\| [a-z]+)*\\)$",
                                    "(?m)^  %s  +\\w", "Known are: [a-z, ]*\\b%s,")
                            .stream()
                            .map(place -> place.formatted(command))
                            .filter(place -> !Pattern.compile(place).matcher(launcher).find())
                            .toList(),
                    command);
        }
    }
}
