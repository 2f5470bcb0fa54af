package sluice.client.stream;

/** A poll ended since {@link StreamConsumer#wakeup} was called, or its thread was interrupted. */
public final class WakeupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WakeupException() {
        super("the consumer was woken up");
    }
}
