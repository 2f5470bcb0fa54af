package sluice.cli.dev;

import java.nio.file.Path;
import java.util.List;

/**
 * What one {@code dev} runs.
 *
 * @param gateways how many, at least 1
 * @param ports where everything listens
 * @param heap of each gateway, as {@code -Xmx} takes it
 * @param jvmOptions further ones of each gateway, after ours
 * @param storeJvmOptions of both stores
 */
record DevSettings(
        Path data,
        int gateways,
        DevPorts ports,
        String heap,
        List<String> jvmOptions,
        List<String> storeJvmOptions,
        Installation installation) {

    /** Half the CPU until they answer; a store in development need not be fast for long. */
    static final List<String> STORES_QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1");

    static final int GATEWAYS_MAX = 16;

    static final String REGION = "us-east-1";
    static final String BUCKET = "sluice-dev";
    static final String TABLE_PREFIX = "sluice-dev-";

    /** What dev-stores/s3 is set to. DynamoDB Local takes any of letters and digits. */
    static final String ACCESS_KEY = "sluice";

    static final String SECRET_KEY = "sluice-secret";

    DevSettings {
        jvmOptions = List.copyOf(jvmOptions);
        storeJvmOptions = List.copyOf(storeJvmOptions);
        if (gateways < 1 || gateways > GATEWAYS_MAX) {
            throw new IllegalArgumentException("gateways=" + gateways);
        }
        if (ports.http().size() != gateways) {
            throw new IllegalArgumentException(
                    "gateways=" + gateways + " httpPorts=" + ports.http().size());
        }
    }

    int replicationFactor() {
        return Math.min(3, gateways);
    }
}
