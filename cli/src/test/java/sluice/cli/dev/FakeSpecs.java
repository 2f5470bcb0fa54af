package sluice.cli.dev;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of {@link FakeChild}ren. */
record FakeSpecs(Path notes) {

    ChildSpec gateway(String name, int port, String... flags) {
        return javaCommand(
                name, ChildSpec.Role.GATEWAY, port, List.of(FakeChild.class.getName()), flags);
    }

    ChildSpec store(String name, int port, String... flags) {
        return javaCommand(
                name, ChildSpec.Role.STORE, port, List.of(FakeChild.class.getName()), flags);
    }

    ChildSpec javaCommand(
            String name, ChildSpec.Role role, int port, List<String> mains, String... flags) {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(mains);
        command.addAll(List.of(name, "" + port, notes.toString()));
        command.addAll(List.of(flags));
        return new ChildSpec(name, role, command, URI.create("http://127.0.0.1:" + port + "/"));
    }
}
