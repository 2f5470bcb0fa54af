package sluice.bench.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * The JVM settings that {@code infra/Dockerfile} gives a gateway, so that what ships is measured.
 */
public final class ShippedJvm {

    private ShippedJvm() {}

    /**
     * All of the heap from the start and half of it young, with G1; {@code further} come after
     * these, and one that names a collector takes the place of ours.
     *
     * @param heap as {@code -Xmx} takes it
     */
    public static List<String> options(String heap, List<String> further) {
        var options = new ArrayList<>(List.of("-Xms" + heap, "-XX:NewRatio=1"));
        // A JVM that is told of two collectors does not start.
        if (further.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
            options.add("-XX:+UseG1GC");
        }
        options.addAll(further);
        return List.copyOf(options);
    }
}
