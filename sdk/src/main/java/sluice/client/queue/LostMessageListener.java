package sluice.client.queue;

/** Told of messages that others may have by now. */
@FunctionalInterface
public interface LostMessageListener {

    /**
     * A message whose handler has begun was taken from this consumer before its outcome was
     * durable: it is, or was, delivered again. Called on a thread that consumers of the client
     * share, which it must not keep.
     *
     * @param reason {@code unknown-session} if the consumer was away for too long, {@code
     *     lease-expired} if the time of the message alone was over, {@code closed} if the consumer
     *     was closed first
     */
    void onLost(QueueMessage message, String reason);
}
