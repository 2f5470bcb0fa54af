package sluice.client.queue;

/** Thrown by a handler for a message that no attempt will handle: it becomes a dead letter. */
public final class RejectException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason kept with the dead letter; at most 256 characters count
     */
    public RejectException(String reason) {
        super(reason);
        this.reason = reason;
    }

    public RejectException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
