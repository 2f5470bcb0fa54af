package sluice.uploader.s3;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/**
 * Signatures of version 4 that leave the payload out ({@code UNSIGNED-PAYLOAD}), as the SDK makes
 * them over HTTPS, over plain HTTP too. There it would hash the payload a second time, and many
 * stores would hold all of it in memory to check that; the CRC-32C header covers the bytes.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">
 *     Authenticating Requests: Using the Authorization Header</a>
 */
final class UnsignedPayloads implements AwsV4AuthScheme {

    private static final String ENCRYPTED = "https";

    private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();

    @Override
    public String schemeId() {
        return scheme.schemeId();
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
        return scheme.identityProvider(providers);
    }

    @Override
    public AwsV4HttpSigner signer() {
        return new Signer(scheme.signer());
    }

    private record Signer(AwsV4HttpSigner signer) implements AwsV4HttpSigner {

        @Override
        public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
            SignedRequest signed = signer.sign(unsigned(request));
            SdkHttpRequest asAsked =
                    signed.request().toBuilder().protocol(request.request().protocol()).build();
            return signed.toBuilder().request(asAsked).build();
        }

        /** The protocol is no part of what is signed; it only tells the signer what to hash. */
        private static <T extends AwsCredentialsIdentity> SignRequest<T> unsigned(
                SignRequest<T> request) {
            return request.toBuilder()
                    .request(request.request().toBuilder().protocol(ENCRYPTED).build())
                    .putProperty(PAYLOAD_SIGNING_ENABLED, false)
                    .putProperty(CHUNK_ENCODING_ENABLED, false)
                    .build();
        }

        /** For asynchronous clients, which we have none of. */
        @Override
        public CompletableFuture<AsyncSignedRequest> signAsync(
                AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
            return signer.signAsync(request);
        }
    }
}
