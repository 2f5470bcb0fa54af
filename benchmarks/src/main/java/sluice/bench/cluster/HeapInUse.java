package sluice.bench.cluster;

import java.io.IOException;
import java.nio.file.Path;
import sluice.log.SluiceException;

/** What of a gateway's heap is really in use. */
public final class HeapInUse {

    private HeapInUse() {}

    /**
     * Collects all garbage of a gateway and asks what is left.
     *
     * @return bytes
     * @throws SluiceException UNAVAILABLE {@code no-heap}
     */
    public static double afterCollection(LocalCluster cluster, int gateway)
            throws IOException, InterruptedException {
        int status =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                "" + cluster.gateway(gateway).pid(),
                                "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        if (status != 0) {
            throw failed(gateway, "jcmd ended with " + status);
        }
        return cluster.api(gateway)
                .metricSum("jvm_memory_used_bytes", "area=\"heap\"")
                .orElseThrow(() -> failed(gateway, "it told no metrics"));
    }

    private static SluiceException failed(int gateway, String why) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "no-heap",
                "the heap of gateway %d cannot be told: %s".formatted(gateway + 1, why));
    }
}
