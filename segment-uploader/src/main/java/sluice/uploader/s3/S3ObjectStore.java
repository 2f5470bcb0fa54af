package sluice.uploader.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.uploader.BucketLifecycle;
import sluice.uploader.ObjectStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket of S3, or of a store that speaks like it.
 *
 * <p>Writes are sent once: who calls decides about a retry and knows what it means. Reads are sent
 * a second time at once if the first came to no answer, as it happens when the store has closed an
 * idle connection.
 */
public final class S3ObjectStore implements ObjectStore {

    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Client client;
    private final String bucket;
    private final boolean checksumHeader;
    private final int listPageMax;

    public S3ObjectStore(S3Config config) {
        this(config, S3Limits.DEFAULT);
    }

    public S3ObjectStore(S3Config config, S3Limits limits) {
        bucket = config.bucket();
        checksumHeader = config.checksumHeader();
        listPageMax = limits.listPageMax();
        var http =
                Apache5HttpClient.builder()
                        .connectionTimeout(limits.connect())
                        .connectionAcquisitionTimeout(limits.connect())
                        .socketTimeout(limits.silence())
                        .maxConnections(limits.connectionsMax());
        if (config.endpoint().map(URI::getScheme).filter("http"::equals).isPresent()) {
            // It would read all of the system's certificates, a tenth of a gateway's start.
            http.tlsTrustManagersProvider(() -> new TrustManager[0]);
        }
        var builder =
                S3Client.builder()
                        .region(Region.of(config.region()))
                        .forcePathStyle(config.pathStyle())
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .putAuthScheme(new UnsignedPayloads())
                        .httpClientBuilder(http)
                        .overrideConfiguration(override ->
                                override.retryStrategy(AwsRetryStrategy.doNotRetry())
                                        .apiCallTimeout(limits.call()));
        config.endpoint().ifPresent(builder::endpointOverride);
        config.credentials()
                .ifPresent(fixed ->
                        builder.credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                fixed.accessKeyId(), fixed.secretAccessKey()))));
        client = builder.build();
    }

    /**
     * Makes the bucket if there is none; for development and tests.
     *
     * @throws SluiceException as {@link #put}
     */
    public void ensureBucket() {
        try {
            client.headBucket(request -> request.bucket(bucket));
            return;
        } catch (S3Exception e) {
            if (e.statusCode() != 404) {
                throw S3Failures.ofRead("HeadBucket", bucket, e);
            }
        } catch (SdkException e) {
            throw S3Failures.ofRead("HeadBucket", bucket, e);
        }
        try {
            client.createBucket(request -> request.bucket(bucket));
        } catch (BucketAlreadyOwnedByYouException e) {
            // Another gateway that starts now was faster; what counts is that the bucket is there.
        } catch (SdkException e) {
            throw S3Failures.ofWrite("CreateBucket", bucket, e);
        }
    }

    /** The rules of the same bucket; usable as long as this store is open. */
    public BucketLifecycle lifecycle() {
        return new S3BucketLifecycle(client, bucket);
    }

    @Override
    public void put(String key, List<ByteBuffer> body) {
        long length = 0;
        var crc = new CRC32C();
        for (ByteBuffer part : body) {
            length += part.remaining();
            crc.update(part.duplicate());
        }
        String checksum =
                Base64.getEncoder()
                        .encodeToString(
                                ByteBuffer.allocate(Integer.BYTES)
                                        .putInt((int) crc.getValue())
                                        .array());
        var request = PutObjectRequest.builder().bucket(bucket).key(key).contentLength(length);
        if (checksumHeader) {
            request.checksumCRC32C(checksum);
        }
        PutObjectResponse response;
        try {
            response =
                    client.putObject(
                            request.build(),
                            RequestBody.fromContentProvider(
                                    () -> new BodyStream(body), length, CONTENT_TYPE));
        } catch (SdkException e) {
            throw S3Failures.ofWrite("PutObject", key, e);
        }
        verify(key, length, checksum, response.checksumCRC32C());
    }

    /** A store that computed the checksum proves the bytes; of any other we ask the length. */
    private void verify(String key, long length, String expected, @Nullable String actual) {
        if (actual != null) {
            if (!actual.equals(expected)) {
                throw doubtful(key, "expectedCrc32c=" + expected + " actualCrc32c=" + actual);
            }
            return;
        }
        @Nullable Long stored;
        try {
            stored = client.headObject(head -> head.bucket(bucket).key(key)).contentLength();
        } catch (SdkException e) {
            throw new SluiceException(
                    Kind.UNKNOWN_OUTCOME,
                    "object-not-verified",
                    "a stored object could not be verified: key=%s cause=%s; put it again"
                            .formatted(key, e.getMessage()),
                    e);
        }
        if (stored == null || stored != length) {
            throw doubtful(key, "expectedLength=" + length + " actualLength=" + stored);
        }
    }

    private static SluiceException doubtful(String key, String difference) {
        return new SluiceException(
                Kind.UNKNOWN_OUTCOME,
                "object-not-verified",
                "the store kept other bytes than were sent: key=%s %s; put it again"
                        .formatted(key, difference));
    }

    @Override
    public ByteBuffer read(String key, long from, int length) {
        if (from < 0 || length <= 0) {
            throw new IllegalArgumentException("not a range: from=" + from + " length=" + length);
        }
        var request =
                GetObjectRequest.builder()
                        .bucket(bucket)
                        .key(key)
                        .range("bytes=" + from + "-" + (from + length - 1))
                        .build();
        return twice(
                "GetObject",
                key,
                () -> {
                    try (var response = client.getObject(request)) {
                        return whole(key, from, length, response);
                    } catch (S3Exception e) {
                        if (e.statusCode() == 404
                                && !S3Failures.errorCode(e).equals("NoSuchBucket")) {
                            throw new SluiceException(
                                    Kind.NOT_FOUND,
                                    "missing-object",
                                    "no such object: bucket=%s key=%s".formatted(bucket, key),
                                    e);
                        }
                        if (e.statusCode() == 416) {
                            throw shortObject(key, from, length, "range-not-satisfiable");
                        }
                        throw e;
                    } catch (IOException e) {
                        throw SdkClientException.create("the body broke off: " + e.getMessage(), e);
                    }
                });
    }

    private static ByteBuffer whole(
            String key, long from, int length, ResponseInputStream<GetObjectResponse> response)
            throws IOException {
        @Nullable Long announced = response.response().contentLength();
        @Nullable String range = response.response().contentRange();
        String expectedRange = "bytes " + from + "-" + (from + length - 1) + "/";
        boolean ranged = range != null && range.startsWith(expectedRange);
        if (!ranged && (range != null || from != 0 || announced == null || announced != length)) {
            // Not reading the rest: closing would drain it, and it may be the whole object.
            response.abort();
            throw shortObject(key, from, length, range == null ? "no range" : range);
        }
        byte[] bytes = new byte[length];
        int count = readFully(response, bytes);
        if (count != length) {
            throw new IOException("expectedBytes=" + length + " actualBytes=" + count);
        }
        return ByteBuffer.wrap(bytes);
    }

    private static int readFully(InputStream from, byte[] into) throws IOException {
        return from.readNBytes(into, 0, into.length);
    }

    private static SluiceException shortObject(String key, long from, int length, String answer) {
        return new SluiceException(
                Kind.DATA,
                "short-object",
                "the store has not the bytes that were asked for: key=%s from=%d length=%d answer='%s'"
                        .formatted(key, from, length, answer));
    }

    @Override
    public List<Found> list(String prefix, String after, int max) {
        List<Found> found = new ArrayList<>();
        @Nullable String token = null;
        while (found.size() < max) {
            var request =
                    ListObjectsV2Request.builder()
                            .bucket(bucket)
                            .prefix(prefix)
                            .maxKeys(Math.min(listPageMax, max - found.size()));
            if (token != null) {
                request.continuationToken(token);
            } else if (!after.isEmpty()) {
                request.startAfter(after);
            }
            ListObjectsV2Response page =
                    twice("ListObjectsV2", prefix, () -> client.listObjectsV2(request.build()));
            page.contents().forEach(object -> found.add(new Found(object.key(), object.size())));
            token = page.nextContinuationToken();
            if (!Boolean.TRUE.equals(page.isTruncated()) || token == null) {
                break;
            }
        }
        return List.copyOf(found);
    }

    @Override
    public void delete(String key) {
        try {
            client.deleteObject(request -> request.bucket(bucket).key(key));
        } catch (S3Exception e) {
            if (e.statusCode() == 404 && !S3Failures.errorCode(e).equals("NoSuchBucket")) {
                return;
            }
            throw S3Failures.ofWrite("DeleteObject", key, e);
        } catch (SdkException e) {
            throw S3Failures.ofWrite("DeleteObject", key, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T> T twice(String call, String key, Supplier<T> read) {
        try {
            return read.get();
        } catch (SdkClientException first) {
            try {
                return read.get();
            } catch (SdkException e) {
                e.addSuppressed(first);
                throw S3Failures.ofRead(call, key, e);
            }
        } catch (SdkException e) {
            throw S3Failures.ofRead(call, key, e);
        }
    }
}
