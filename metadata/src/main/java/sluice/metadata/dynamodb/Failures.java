package sluice.metadata.dynamodb;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a failure of the SDK says about a write.
 *
 * <pre>
 *   could not connect                 UNAVAILABLE      nothing was sent
 *   throttled                         UNAVAILABLE      DynamoDB refuses before it writes
 *   other 4xx                         UNAVAILABLE      no such table, no right, clock too far off
 *   validation                        INVALID          too large, or a mistake of ours
 *   5xx, timeout, broken connection   UNKNOWN_OUTCOME
 * </pre>
 */
final class Failures {

    private Failures() {}

    static SluiceException ofRead(String call, SdkException failure) {
        SluiceException known = ofWrite(call, failure);
        return known.kind() == Kind.UNKNOWN_OUTCOME
                ? new SluiceException(
                        Kind.UNAVAILABLE,
                        "metadata-unavailable",
                        "the metadata store did not answer: %s; retry after a pause"
                                .formatted(described(call, failure)),
                        failure)
                : known;
    }

    static SluiceException ofWrite(String call, SdkException failure) {
        if (failure instanceof AwsServiceException answered && answered.statusCode() < 500) {
            return refused(call, answered);
        }
        if (neverSent(failure)) {
            return new SluiceException(
                    Kind.UNAVAILABLE,
                    "metadata-unavailable",
                    "the metadata store cannot be reached: %s; nothing was done, retry after a pause"
                            .formatted(described(call, failure)),
                    failure);
        }
        return new SluiceException(
                Kind.UNKNOWN_OUTCOME,
                "metadata-no-answer",
                "the metadata store gave no clear answer: %s; the write may have been applied"
                        .formatted(described(call, failure)),
                failure);
    }

    private static SluiceException refused(String call, AwsServiceException failure) {
        String code = codeOf(failure);
        String said = described(call, failure);
        return switch (code) {
            case "ProvisionedThroughputExceededException",
                    "ThrottlingException",
                    "RequestLimitExceeded" ->
                    new SluiceException(
                            Kind.UNAVAILABLE,
                            "metadata-throttled",
                            "the metadata store throttles: "
                                    + said
                                    + "; nothing was done, retry after a pause",
                            failure);
            case "ResourceNotFoundException" ->
                    new SluiceException(
                            Kind.UNAVAILABLE,
                            "metadata-table-missing",
                            "a table does not exist: "
                                    + said
                                    + "; create the tables or correct the table prefix",
                            failure);
            case "ValidationException" ->
                    new SluiceException(
                            Kind.INVALID,
                            String.valueOf(failure.getMessage()).contains("Item size")
                                    ? "item-too-large"
                                    : "metadata-request",
                            "the metadata store does not accept the request: "
                                    + said
                                    + "; nothing was done",
                            failure);
            default ->
                    new SluiceException(
                            Kind.UNAVAILABLE,
                            "metadata-refused",
                            "the metadata store refuses: "
                                    + said
                                    + "; nothing was done, check credentials, rights and this machine's clock",
                            failure);
        };
    }

    private static boolean neverSent(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof ConnectTimeoutException
                    || cause instanceof ConnectionRequestTimeoutException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static String described(String call, SdkException failure) {
        return failure instanceof AwsServiceException answered
                ? "%s status=%d code=%s".formatted(call, answered.statusCode(), codeOf(answered))
                : "%s failure=%s".formatted(call, failure.getClass().getSimpleName());
    }

    private static String codeOf(AwsServiceException failure) {
        var details = failure.awsErrorDetails();
        return details == null || details.errorCode() == null ? "none" : details.errorCode();
    }
}
