package sluice.client.http;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Sends one request to one gateway, once. */
public interface HttpSender {

    /**
     * Completes with the answer, whatever its status.
     *
     * <p>Fails with {@link NotSentException} if the gateway certainly has not got the whole
     * request; with anything else if it may have been carried out. Completes on any thread; what
     * depends on it must not block.
     *
     * @param gateway as {@code http://host:port}
     * @param timeout for the whole exchange
     */
    CompletableFuture<Answer> send(URI gateway, Call call, Duration timeout);
}
