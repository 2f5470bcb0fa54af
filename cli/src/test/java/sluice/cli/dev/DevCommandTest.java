package sluice.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.cli.Main;
import sluice.cli.Terminal;

/** Refusals: each one line, status 1, and nothing started or made. */
class DevCommandTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void aBuiltInstallation() throws Exception {
        var installation = new Installation(folder.resolve("built"));
        Files.createDirectories(installation.s3Libraries());
        Files.createDirectories(installation.dynamoDbLibraries());
        Files.createDirectories(installation.gatewayJar().getParent());
        Files.createFile(installation.gatewayJar());
        Files.createFile(installation.s3Properties());
        Files.createFile(installation.s3Logging());
        System.setProperty(Installation.ROOT_PROPERTY, installation.root().toString());
    }

    @AfterEach
    void asBefore() {
        System.clearProperty(Installation.ROOT_PROPERTY);
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            refused("port " + port + ", wanted for ", "--port", base(port));
        }
    }

    @Test
    void aPortTakenOnAllAddressesIsNamed() throws Exception {
        try (var taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            refused("port " + port + ", wanted for ", "--port", base(port));
        }
    }

    @Test
    void aSecondDevOnTheSameDataIsTold() {
        try (var first = DataFolder.open(folder.resolve("data"), false)) {
            refused("another ./sluice dev (pid ", "--port", "0");
            assertFalse(Files.exists(first.log("gateway-1")));
        }
    }

    @Test
    void aPartThatIsNotBuiltIsNamed() throws Exception {
        Files.delete(new Installation(folder.resolve("built")).gatewayJar());

        refused("quarkus-run.jar is missing", "--port", "0");
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        refused("--gateways must be 1 to 16, not 0", "--gateways", "0");
        refused("--port must be 0 to ", "--port", "70000");
        refused("--heap must be a size as 512m or 1g, not lots", "--heap", "lots");
    }

    /** A base of which {@code port} is one of the ports used. */
    private static String base(int port) {
        return "" + (port > DevPorts.BASE_MAX ? port - DevPorts.STORE_DISTANCE : port);
    }

    private void refused(String why, String... options) {
        printed.reset();
        var data = folder.resolve("data");
        boolean dataBefore = Files.exists(data);
        var arguments = new ArrayList<>(List.of("dev"));
        arguments.addAll(List.of(options));
        arguments.add("--data");
        arguments.add(data.toString());

        var terminal =
                new Terminal(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintStream(printed, true, StandardCharsets.UTF_8),
                        false);
        int status = Main.run(terminal, arguments.toArray(String[]::new));

        var message = printed.toString(StandardCharsets.UTF_8);
        assertEquals(1, status, message);
        assertTrue(message.startsWith("error: ") && message.contains(why), message);
        assertEquals(1, message.lines().count(), message);
        assertEquals(dataBefore, Files.exists(data));
    }
}
