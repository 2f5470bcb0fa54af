package sluice.bench.options;

import java.util.List;
import picocli.CommandLine.Option;

/** What gateways' JVMs are started with beside what the benchmark gives them. */
public final class JvmOptions {

    @Option(
            names = "--jvm",
            paramLabel = "OPTION",
            description = {
                "Further JVM option of each gateway, such as --jvm=-XX:+UseSerialGC; may be repeated."
            })
    private List<String> further = List.of();

    public List<String> further() {
        return List.copyOf(further);
    }
}
