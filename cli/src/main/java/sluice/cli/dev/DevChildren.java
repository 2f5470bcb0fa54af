package sluice.cli.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The children of a local cluster one by one, for who starts, kills and restarts each by itself:
 * benchmarks and tests of whole processes. Every address is chosen at once and stays, so that a
 * child comes back where it was.
 *
 * <p>All of them end when the process ends that asked for them here and started them: gateways
 * watch its process id, stores the pipe that must be their standard input.
 */
public final class DevChildren {

    /** Where a build has its gateways' ahead-of-time cache, below its root. */
    public static final String GATEWAY_CACHE = "gateway/target/quarkus-app/gateway.aot";

    private final ChildSpecs specs;

    private DevChildren(ChildSpecs specs) {
        this.specs = specs;
    }

    /**
     * On ports that are free just now.
     *
     * @param root of the installation, laid out as a built source tree
     * @param data folder of all that the children keep
     * @param gateways how many there may be, 1 to 16; not all need to be started
     * @param heap of each gateway, as {@code -Xmx} takes it
     * @param jvmOptions further ones of each gateway
     * @param storeJvmOptions of both stores
     * @throws sluice.log.SluiceException NOT_FOUND {@code not-built} if a part is missing
     */
    public static DevChildren onFreePorts(
            Path root,
            Path data,
            int gateways,
            String heap,
            List<String> jvmOptions,
            List<String> storeJvmOptions) {
        var installation = new Installation(root.toAbsolutePath().normalize());
        installation.check();
        var settings =
                new DevSettings(
                        data.toAbsolutePath().normalize(),
                        gateways,
                        DevPorts.free(gateways),
                        heap,
                        jvmOptions,
                        storeJvmOptions,
                        installation);
        return new DevChildren(new ChildSpecs(settings));
    }

    /** The S3 server. Its folder is made. */
    public ChildSpec s3() throws IOException {
        return specs.s3();
    }

    /** The DynamoDB. Its folder is made. */
    public ChildSpec dynamoDb() throws IOException {
        return specs.dynamoDb();
    }

    /**
     * A gateway.
     *
     * @param index from 0
     * @param further settings by key, which win over those of {@code dev}
     */
    public ChildSpec gateway(int index, Map<String, String> further) {
        return specs.gateway(index, further);
    }

    /** The folder that is a gateway's disk. */
    public Path disk(int index) {
        return specs.settings().data().resolve("gateway-" + (index + 1));
    }

    public int httpPort(int index) {
        return specs.settings().ports().http().get(index);
    }

    /** Where the gateway listens for others. */
    public int peerPort(int index) {
        return specs.settings().ports().peer().get(index);
    }
}
