package sluice.client.error;

import org.jspecify.annotations.Nullable;

/**
 * Something did not work. The subclass says what the caller does next:
 *
 * <ul>
 *   <li>{@link SluiceApiException}: a gateway refused it for good; nothing was done; correct it
 *   <li>{@link RetriableException}: nothing was done, and it may work later
 *   <li>{@link UnknownOutcomeException}: it may have been done; look, or repeat what is safe to
 *       repeat
 *   <li>{@link CorruptBatchException}: stored bytes cannot be read; tell the operator
 *   <li>{@link MissingLibraryException}: add the named artifact to the application
 * </ul>
 */
public abstract class SluiceClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected SluiceClientException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
