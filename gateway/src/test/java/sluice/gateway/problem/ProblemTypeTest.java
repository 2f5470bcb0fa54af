package sluice.gateway.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ProblemTypeTest {

    private static final Pattern ROW = Pattern.compile("^\\| `([a-z-]+)` \\| (\\d+) \\|.*");

    @Test
    void theDocumentListsEveryProblemWithItsStatus() throws IOException {
        List<String> documented =
                Files.readAllLines(Path.of("../docs/problems.md")).stream()
                        .map(ROW::matcher)
                        .filter(row -> row.matches())
                        .map(row -> row.group(1) + " " + row.group(2))
                        .sorted()
                        .toList();
        List<String> known =
                KnownProblem.all().map(type -> type.code() + " " + type.status()).sorted().toList();

        assertEquals(known, documented);
    }
}
