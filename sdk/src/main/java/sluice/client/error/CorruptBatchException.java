package sluice.client.error;

import org.jspecify.annotations.Nullable;

/**
 * Stored records cannot be read: the producer sent them so, or they were damaged. Reading them
 * again does not help; go on after them, and tell the operator.
 */
public final class CorruptBatchException extends SluiceClientException {

    private static final long serialVersionUID = 1L;

    private final long nextOffset;

    /**
     * @param nextOffset the offset after the batch, −1 if not even that can be read
     */
    public CorruptBatchException(String message, long nextOffset, @Nullable Throwable cause) {
        super(message, cause);
        this.nextOffset = nextOffset;
    }

    /** Where reading can go on; −1 if nobody knows. */
    public long nextOffset() {
        return nextOffset;
    }
}
