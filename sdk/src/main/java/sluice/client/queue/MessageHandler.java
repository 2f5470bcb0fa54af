package sluice.client.queue;

/** Handles messages, as many at the same time as the consumer's concurrency says. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * Called on a thread for it. When it returns the message is acknowledged, unless it settled it
     * itself or the consumer settles by hand.
     *
     * @throws RejectException if the message is to become a dead letter
     * @throws Exception if it was not handled: the message is released, and delivered again after
     *     the pause that the group's settings say
     */
    void handle(QueueMessage message) throws Exception;
}
