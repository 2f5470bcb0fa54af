package sluice.client.error;

import org.jspecify.annotations.Nullable;

/**
 * It was sent, and it is not known whether it was done: the answer was lost, or a gateway said so
 * (504). To repeat it is safe only where that is said; for records, look whether they are there.
 */
public final class UnknownOutcomeException extends SluiceClientException {

    private static final long serialVersionUID = 1L;

    public UnknownOutcomeException(String message) {
        this(message, null);
    }

    public UnknownOutcomeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
