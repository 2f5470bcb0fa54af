package sluice.bench.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cluster to run.
 *
 * @param root of the installation: a source tree that was built, or a copy of its parts
 * @param folder of its own for everything it writes
 * @param gateways started at once
 * @param gatewaysMax how many there may be at a time
 * @param linksCanBeCut leads all links between gateways through proxies, which cost some time
 * @param heap of each gateway, as {@code -Xmx} takes it
 * @param jvmOptions of each gateway
 * @param storeJvmOptions of both stores
 * @param gatewaySettings further ones by key
 */
public record ClusterSettings(
        Path root,
        Path folder,
        int gateways,
        int gatewaysMax,
        boolean linksCanBeCut,
        String heap,
        List<String> jvmOptions,
        List<String> storeJvmOptions,
        Map<String, String> gatewaySettings) {

    private static final List<String> STORES_QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1");

    public ClusterSettings {
        if (gateways < 1 || gatewaysMax < gateways) {
            throw new IllegalArgumentException(
                    "gateways=" + gateways + " gatewaysMax=" + gatewaysMax);
        }
        jvmOptions = List.copyOf(jvmOptions);
        storeJvmOptions = List.copyOf(storeJvmOptions);
        gatewaySettings = Map.copyOf(gatewaySettings);
    }

    /** As {@code ./sluice dev} runs it, with small heaps. */
    public static ClusterSettings of(Path root, Path folder, int gateways, int gatewaysMax) {
        return new ClusterSettings(
                root,
                folder,
                gateways,
                gatewaysMax,
                false,
                "384m",
                List.of("-XX:+UseSerialGC"),
                STORES_QUICK_TO_START,
                Map.of());
    }

    public ClusterSettings with(String key, String value) {
        var all = new TreeMap<>(gatewaySettings);
        all.put(key, value);
        return new ClusterSettings(
                root,
                folder,
                gateways,
                gatewaysMax,
                linksCanBeCut,
                heap,
                jvmOptions,
                storeJvmOptions,
                all);
    }

    public ClusterSettings withLinksThatCanBeCut() {
        return new ClusterSettings(
                root,
                folder,
                gateways,
                gatewaysMax,
                true,
                heap,
                jvmOptions,
                storeJvmOptions,
                gatewaySettings);
    }

    /** For short lives: compiled fast rather than well, which halves the time of a start. */
    public ClusterSettings quickToStart() {
        return new ClusterSettings(
                root,
                folder,
                gateways,
                gatewaysMax,
                linksCanBeCut,
                heap,
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                storeJvmOptions,
                gatewaySettings);
    }
}
