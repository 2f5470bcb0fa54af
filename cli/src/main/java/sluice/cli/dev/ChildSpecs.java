package sluice.cli.dev;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The command lines of the children of one cluster. */
record ChildSpecs(DevSettings settings) {

    private static final int SLOTS = 96;
    private static final String LOOPBACK = "127.0.0.1";

    /** The stores first: gateways wait for them. */
    List<ChildSpec> all() throws IOException {
        return Stream.concat(
                        Stream.of(s3(), dynamoDb()),
                        IntStream.range(0, settings.gateways())
                                .mapToObj(index -> gateway(index, Map.of())))
                .toList();
    }

    ChildSpec s3() throws IOException {
        var data = Files.createDirectories(settings.data().resolve("s3"));
        var endpoint = "http://" + LOOPBACK + ":" + settings.ports().s3();
        var installation = settings.installation();
        var properties = settings.data().resolve("s3proxy.properties");
        Files.writeString(
                properties,
                Files.readString(installation.s3Properties())
                        .replace("{port}", "" + settings.ports().s3())
                        .replace("{folder}", data.toString()));
        var command =
                store(
                        installation.s3Libraries(),
                        "512m",
                        "org.gaul.s3proxy.Main",
                        "-Dlogback.configurationFile=" + installation.s3Logging());
        command.addAll(List.of("--properties", properties.toString()));
        return new ChildSpec("s3", ChildSpec.Role.STORE, command, URI.create(endpoint));
    }

    ChildSpec dynamoDb() throws IOException {
        var data = Files.createDirectories(settings.data().resolve("dynamodb"));
        var libraries = settings.installation().dynamoDbLibraries();
        var command =
                store(
                        libraries,
                        "512m",
                        "software.amazon.dynamodb.services.local.main.ServerRunner",
                        "-Dsqlite4java.library.path=" + libraries);
        command.addAll(
                List.of(
                        "-port",
                        "" + settings.ports().dynamoDb(),
                        "-dbPath",
                        data.toString(),
                        "-sharedDb",
                        "-disableTelemetry"));
        return new ChildSpec(
                "dynamodb",
                ChildSpec.Role.STORE,
                command,
                URI.create("http://" + LOOPBACK + ":" + settings.ports().dynamoDb()));
    }

    private List<String> store(Path libraries, String heap, String main, String... options) {
        var command = jvm(heap);
        command.add("-XX:+UseSerialGC");
        command.addAll(settings.storeJvmOptions());
        command.addAll(List.of(options));
        command.add("-cp");
        command.add(
                settings.installation().ownClasses() + File.pathSeparator + libraries.resolve("*"));
        command.add(StoreMain.class.getName());
        command.add(main);
        return command;
    }

    /**
     * @param further settings by key; they come after ours, and so win
     */
    ChildSpec gateway(int index, Map<String, String> further) {
        var http = settings.ports().http().get(index);
        var name = "gateway-" + (index + 1);
        var command = jvm(settings.heap());
        command.add("-ea:sluice...");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(settings.jvmOptions());
        if (Files.exists(settings.installation().gatewayCache())
                && settings.jvmOptions().stream()
                        .noneMatch(option -> option.startsWith("-XX:AOT"))) {
            command.add("-XX:AOTCache=" + settings.installation().gatewayCache());
        }
        set(command, "quarkus.http.host", LOOPBACK);
        set(command, "quarkus.http.port", http);
        set(command, "sluice.data-dir", settings.data().resolve(name));
        set(command, "sluice.peer.host", LOOPBACK);
        set(command, "sluice.peer.port", settings.ports().peer().get(index));
        set(command, "sluice.http.advertised", "http://" + LOOPBACK + ":" + http);
        set(command, "sluice.s3.endpoint", "http://" + LOOPBACK + ":" + settings.ports().s3());
        set(command, "sluice.s3.bucket", DevSettings.BUCKET);
        set(command, "sluice.s3.region", DevSettings.REGION);
        set(command, "sluice.s3.access-key", DevSettings.ACCESS_KEY);
        set(command, "sluice.s3.secret-key", DevSettings.SECRET_KEY);
        set(command, "sluice.s3.path-style", true);
        set(
                command,
                "sluice.dynamodb.endpoint",
                "http://" + LOOPBACK + ":" + settings.ports().dynamoDb());
        set(command, "sluice.dynamodb.region", DevSettings.REGION);
        set(command, "sluice.dynamodb.table-prefix", DevSettings.TABLE_PREFIX);
        set(command, "sluice.dynamodb.access-key", DevSettings.ACCESS_KEY);
        set(command, "sluice.dynamodb.secret-key", DevSettings.SECRET_KEY);
        set(command, "sluice.dev.create-stores", true);
        set(command, "sluice.dev.parent-pid", ProcessHandle.current().pid());
        // A quick start is worth more here than fine shares: each slot costs a write at every
        // start.
        set(command, "sluice.cluster.slots", "" + SLOTS);
        set(command, "sluice.cluster.expected-gateways", settings.gateways());
        set(command, "sluice.replication-factor", settings.replicationFactor());
        further.forEach((key, value) -> set(command, key, value));
        command.add("-jar");
        command.add(settings.installation().gatewayJar().toString());
        return new ChildSpec(
                name,
                ChildSpec.Role.GATEWAY,
                command,
                URI.create("http://" + LOOPBACK + ":" + http + "/q/health/ready"));
    }

    private List<String> jvm(String heap) {
        return new ArrayList<>(
                List.of(
                        settings.installation().java().toString(),
                        "-Xmx" + heap,
                        "--enable-native-access=ALL-UNNAMED"));
    }

    private static void set(List<String> command, String key, Object value) {
        command.add("-D" + key + "=" + value);
    }
}
