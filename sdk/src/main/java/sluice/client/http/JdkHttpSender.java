package sluice.client.http;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 by the JDK's own client. */
public final class JdkHttpSender implements HttpSender {

    private final HttpClient http;
    private final String label;

    /**
     * @param http for HTTP/1.1; stays the caller's
     * @param label told to gateways as the user agent
     */
    public JdkHttpSender(HttpClient http, String label) {
        this.http = http;
        this.label = label;
    }

    @Override
    public CompletableFuture<Answer> send(URI gateway, Call call, Duration timeout) {
        try {
            return http.sendAsync(request(gateway, call, timeout), BodyHandlers.ofByteArray())
                    .handle(JdkHttpSender::outcome);
        } catch (RuntimeException refused) {
            // Thrown at once for an address that cannot be one.
            return CompletableFuture.failedFuture(
                    new NotSentException("cannot send to " + gateway + ": " + refused, refused));
        }
    }

    private HttpRequest request(URI gateway, Call call, Duration timeout) {
        var request =
                HttpRequest.newBuilder(URI.create(gateway + call.path()))
                        .method(call.method(), BodyPieces.of(call))
                        .timeout(timeout)
                        .header("User-Agent", label);
        if (!call.contentType().isEmpty()) {
            request.header("Content-Type", call.contentType());
        }
        if (!call.idempotencyKey().isEmpty()) {
            request.header("Idempotency-Key", call.idempotencyKey());
        }
        return request.build();
    }

    private static Answer outcome(
            @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response != null) {
            return new Answer(response.statusCode(), first(response.headers()), response.body());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof UnresolvedAddressException) {
                throw new CompletionException(
                        new NotSentException(String.valueOf(cause.getMessage()), cause));
            }
        }
        throw failure instanceof CompletionException known
                ? known
                : new CompletionException(failure);
    }

    private static Map<String, String> first(HttpHeaders headers) {
        var found = new HashMap<String, String>();
        headers.map()
                .forEach((name, values) -> found.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return found;
    }
}
