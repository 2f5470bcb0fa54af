package sluice.metadata.dynamodb;

import java.net.URI;
import java.util.Optional;

/**
 * Where the tables are.
 *
 * @param endpoint of a DynamoDB-compatible server; empty for AWS's own of the region
 * @param region as AWS names it; servers of another make take any
 * @param tablePrefix put before each table's name, so that clusters can share an account; may be
 *     empty
 * @param credentials empty for the SDK's default chain (environment, profile, instance role)
 */
public record DynamoDbConfig(
        Optional<URI> endpoint,
        String region,
        String tablePrefix,
        Optional<Credentials> credentials) {

    /** Long-lived keys. */
    public record Credentials(String accessKeyId, String secretAccessKey) {
        /** Without the secret: configurations are logged. */
        @Override
        public String toString() {
            return "Credentials[accessKeyId=" + accessKeyId + "]";
        }
    }
}
