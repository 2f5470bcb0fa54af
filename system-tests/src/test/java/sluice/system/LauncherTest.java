package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sluice} as far as it goes without building. */
@Timeout(60)
class LauncherTest {

    @TempDir Path folder;

    private record Ended(int status, String out, String err) {}

    @Test
    void helpTeaches() throws Exception {
        var ended = sluice(Map.of(), "--help");

        assertEquals(0, ended.status(), ended::toString);
        for (String command : new String[] {"dev", "test", "topic", "produce", "consume"}) {
            assertTrue(ended.out().contains("\n  " + command + " "), command);
        }
    }

    @Test
    void anUnknownCommandIsToldTheKnownOnes() throws Exception {
        var ended = sluice(Map.of(), "porduce");

        assertEquals(1, ended.status(), ended::toString);
        assertTrue(ended.err().startsWith("sluice: unknown command 'porduce'\n"), ended::toString);
        assertTrue(ended.err().contains("produce, consume"), ended::toString);
    }

    @Test
    void javaHomeIsTheFirstChoice() throws Exception {
        var jdk = fakeJdk("JAVA_VERSION=\"31.0.1\"");

        assertEquals(jdk + "\n", sluice(Map.of("JAVA_HOME", jdk.toString()), "jdk").out());
    }

    @Test
    void anOlderJdkIsPassedOver() throws Exception {
        var old = fakeJdk("JAVA_VERSION=\"17.0.15\"");

        var ended = sluice(Map.of("JAVA_HOME", old.toString()), "jdk");

        assertEquals(0, ended.status(), ended::toString);
        assertNotEquals(old + "\n", ended.out());
    }

    @Test
    void aJdkWithoutAReleaseFileIsAsked() throws Exception {
        var jdk = fakeJdk("IMPLEMENTOR=\"nobody\"");
        Files.writeString(
                jdk.resolve("bin/java"),
                "#!/bin/sh\necho 'openjdk version \"26-ea\" 2026-03' >&2\n");

        assertEquals(jdk + "\n", sluice(Map.of("JAVA_HOME", jdk.toString()), "jdk").out());
    }

    @Test
    void whoHasNoneIsToldWhatToInstall() throws Exception {
        // The launcher itself, asking for more than anyone has.
        var launcher = Files.createDirectories(folder.resolve("elsewhere")).resolve("sluice");
        var text = Files.readString(Built.ROOT.resolve("sluice"));
        Files.writeString(launcher, text.replace("JAVA_MIN=25", "JAVA_MIN=99"));

        var ended = run(launcher, Map.of(), "dev");

        assertEquals(1, ended.status(), ended::toString);
        assertTrue(ended.err().startsWith("sluice: no JDK 99 or newer was found"), ended::toString);
        assertTrue(ended.err().contains("apt install openjdk-99-jdk"), ended::toString);
    }

    private Path fakeJdk(String release) throws IOException {
        var bin = Files.createDirectories(folder.resolve("jdk/bin"));
        for (String program : new String[] {"java", "javac"}) {
            var file = Files.writeString(bin.resolve(program), "#!/bin/sh\nexit 1\n");
            assertTrue(file.toFile().setExecutable(true));
        }
        Files.writeString(folder.resolve("jdk/release"), release + "\n");
        return folder.resolve("jdk");
    }

    private Ended sluice(Map<String, String> environment, String... arguments) throws Exception {
        return run(Built.ROOT.resolve("sluice"), environment, arguments);
    }

    private Ended run(Path launcher, Map<String, String> environment, String... arguments)
            throws Exception {
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var command = new java.util.ArrayList<>(java.util.List.of("bash", launcher.toString()));
        command.addAll(java.util.List.of(arguments));
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        return new Ended(
                status,
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
