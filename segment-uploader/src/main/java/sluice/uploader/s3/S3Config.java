package sluice.uploader.s3;

import java.net.URI;
import java.util.Optional;

/**
 * Where the bucket is.
 *
 * @param endpoint of a store that is not AWS; empty for AWS itself
 * @param pathStyle the bucket in the path instead of the host name, as most stores that are not AWS
 *     need it
 * @param credentials empty for the SDK's own chain: environment, profile, role
 * @param checksumHeader whether a PUT carries its CRC-32C for the store to verify; off for a store
 *     that refuses the header
 */
public record S3Config(
        Optional<URI> endpoint,
        String region,
        String bucket,
        boolean pathStyle,
        Optional<Credentials> credentials,
        boolean checksumHeader) {

    /** Fixed credentials. */
    public record Credentials(String accessKeyId, String secretAccessKey) {
        @Override
        public String toString() {
            return "Credentials[accessKeyId=" + accessKeyId + "]";
        }
    }

    public S3Config {
        if (region.isBlank() || bucket.isBlank()) {
            throw new IllegalArgumentException(
                    "region and bucket must be set: region='%s' bucket='%s'"
                            .formatted(region, bucket));
        }
    }

    /** With the checksum header. */
    public S3Config(
            Optional<URI> endpoint,
            String region,
            String bucket,
            boolean pathStyle,
            Optional<Credentials> credentials) {
        this(endpoint, region, bucket, pathStyle, credentials, true);
    }
}
