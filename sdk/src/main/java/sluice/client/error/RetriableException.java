package sluice.client.error;

import org.jspecify.annotations.Nullable;

/**
 * Nothing was done, for a reason that passes: no gateway could be reached in time, all had too much
 * to do, a partition had no owner. The SDK repeated it until its time was over; to repeat it once
 * more is safe.
 */
public final class RetriableException extends SluiceClientException {

    private static final long serialVersionUID = 1L;

    public RetriableException(String message) {
        this(message, null);
    }

    public RetriableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
