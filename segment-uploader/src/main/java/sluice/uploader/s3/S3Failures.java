package sluice.uploader.s3;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What a failed call means for who made it.
 *
 * <pre>
 *   the store said          a write is         a read is
 *   4xx                     INVALID            INVALID
 *   408, 409, 429, 503,
 *     400 RequestTimeout,
 *     400 wrong digest      UNAVAILABLE        UNAVAILABLE
 *   501                     INVALID            INVALID
 *   other 5xx               UNKNOWN_OUTCOME    UNAVAILABLE
 *   no connection           UNAVAILABLE        UNAVAILABLE
 *   nothing, or a broken
 *     answer, after sending UNKNOWN_OUTCOME    UNAVAILABLE
 * </pre>
 */
final class S3Failures {

    /** 400s that speak of this one transfer and not of the request. */
    private static final Set<String> TRANSFER_CODES =
            Set.of(
                    "RequestTimeout",
                    "BadDigest",
                    "InvalidDigest",
                    "IncompleteBody",
                    "XAmzContentChecksumMismatch",
                    "XAmzContentSHA256Mismatch");

    private static final int CAUSES_MAX = 16;

    private S3Failures() {}

    static SluiceException ofWrite(String call, String key, SdkException e) {
        return of(call, key, e, Kind.UNKNOWN_OUTCOME);
    }

    static SluiceException ofRead(String call, String key, SdkException e) {
        return of(call, key, e, Kind.UNAVAILABLE);
    }

    private static SluiceException of(String call, String key, SdkException e, Kind unsure) {
        if (e instanceof S3Exception answer && answer.statusCode() > 0) {
            Kind kind = kind(answer, unsure);
            return new SluiceException(
                    kind,
                    kind == Kind.INVALID ? "object-store-refused" : "object-store-unavailable",
                    "the object store answered with an error: call=%s key=%s status=%d error=%s message=%s"
                            .formatted(
                                    call,
                                    key,
                                    answer.statusCode(),
                                    errorCode(answer),
                                    e.getMessage()),
                    e);
        }
        if (neverConnected(e)) {
            return new SluiceException(
                    Kind.UNAVAILABLE,
                    "object-store-unreachable",
                    "no connection to the object store: call=%s key=%s cause=%s; check the endpoint, or retry"
                            .formatted(call, key, e.getMessage()),
                    e);
        }
        return new SluiceException(
                unsure,
                "object-store-silent",
                "the object store gave no whole answer: call=%s key=%s cause=%s; retry"
                        .formatted(call, key, e.getMessage()),
                e);
    }

    private static Kind kind(S3Exception answer, Kind unsure) {
        int status = answer.statusCode();
        if (status == 408
                || status == 409
                || status == 429
                || status == 503
                || (status == 400 && TRANSFER_CODES.contains(errorCode(answer)))) {
            return Kind.UNAVAILABLE;
        }
        if (status < 500 || status == 501) {
            return Kind.INVALID;
        }
        return unsure;
    }

    static String errorCode(S3Exception answer) {
        var details = answer.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    /** True only if no byte of the request can have left. */
    private static boolean neverConnected(SdkException e) {
        @Nullable Throwable cause = e.getCause();
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            String name = cause.getClass().getSimpleName();
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || name.equals("ConnectTimeoutException")
                    || name.equals("ConnectionRequestTimeoutException")) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
