package sluice.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Javadoc and the README show compiles for Java 17, in an application that has what the
 * examples take for granted.
 */
class JavadocExamplesTest {

    private static final Path SOURCES = Path.of("src/main/java");

    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code\\n(.*?)\\n\\s*\\* \\}</pre>", Pattern.DOTALL);

    private static final Pattern IN_README = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    /** An application around an example; {@code %1$s} is its class, {@code %2$s} the example. */
    private static final String APPLICATION =
            """
            import java.sql.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import javax.sql.DataSource;
            import sluice.client.*;
            import sluice.client.admin.*;
            import sluice.client.error.*;
            import sluice.client.exchange.*;
            import sluice.client.inbox.*;
            import sluice.client.outbox.*;
            import sluice.client.produce.*;
            import sluice.client.queue.*;
            import sluice.client.record.*;
            import sluice.client.stream.*;

            abstract class %1$s {
                interface Order {
                    String customer();
                    String toJson();
                }

                SluiceClient client;
                DataSource dataSource;
                Connection connection;
                Outbox outbox;
                Order order;
                ConsumerRecord record;
                boolean running;

                abstract void book(ConsumerRecord record);
                abstract void bookInvoice(Connection connection, ConsumerRecord record);
                abstract void work(String text);
                abstract void insertOrder(Connection connection, Order order);

                void example() throws Exception {
            %2$s
                }
            }
            """;

    private record Example(String name, String code) {}

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(Example example) {
            super(URI.create("string:///" + example.name() + ".java"), Kind.SOURCE);
            this.code = APPLICATION.formatted(example.name(), example.code());
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }

    @Test
    void everyExampleCompiles(@TempDir Path folder) throws IOException {
        List<Example> examples = examples();
        assertTrue(examples.size() >= 4, examples::toString);
        var errors = new StringWriter();
        List<? extends JavaFileObject> sources = examples.stream().map(Source::new).toList();
        var task =
                ToolProvider.getSystemJavaCompiler()
                        .getTask(
                                errors,
                                null,
                                null,
                                List.of("-proc:none", "--release", "17", "-d", folder.toString()),
                                null,
                                sources);

        boolean compiled = task.call();

        assertEquals("", errors.toString());
        assertTrue(compiled);
    }

    private static List<Example> examples() throws IOException {
        var examples = new ArrayList<Example>();
        List<Path> files;
        try (var walk = Files.walk(SOURCES)) {
            files = walk.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            var found = EXAMPLE.matcher(Files.readString(file));
            while (found.find()) {
                String code = found.group(1).replaceAll("(?m)^\\s*\\* ?", "").replace("…", "");
                String type = file.getFileName().toString().replace(".java", "");
                examples.add(new Example("Example" + examples.size() + "Of" + type, code));
            }
        }
        var inReadme = IN_README.matcher(Files.readString(Path.of("README.md")));
        while (inReadme.find()) {
            examples.add(new Example("Example" + examples.size() + "OfReadme", inReadme.group(1)));
        }
        return examples;
    }
}
