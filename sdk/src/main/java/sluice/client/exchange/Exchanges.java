package sluice.client.exchange;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Call;
import sluice.client.http.Futures;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/**
 * Exchanges: one publish, many topics. Used by any thread.
 *
 * <pre>{@code
 * Exchanges exchanges = client.exchanges();
 * exchanges.put("events", ExchangeType.TOPIC);
 * exchanges.bind("events", Binding.to("orders", "*.order.#"), Binding.to("audit", "#"));
 * Published published =
 *         exchanges.publish("events", RoutedRecord.of("eu.order.made", "two apples")).join();
 * System.out.println("went to " + published.places());
 * }</pre>
 *
 * <p>All methods fail with {@link SluiceApiException} if the cluster refuses (its code says why),
 * {@link RetriableException} if no gateway could do it in time, and {@link UnknownOutcomeException}
 * if it may have been done. Bindings are seen by all gateways within two seconds.
 */
public final class Exchanges {

    private static final int PAGE = 1000;

    private final ApiClient api;
    private final Duration timeout;
    private final AtomicLong lastRequest = new AtomicLong();

    /** Asked for once, and again only if that failed. */
    private @Nullable CompletableFuture<Long> producerId;

    /**
     * Called by {@code SluiceClient.exchanges()}.
     *
     * @param timeout of each call
     */
    public Exchanges(ApiClient api, Duration timeout) {
        this.api = api;
        this.timeout = timeout;
    }

    /**
     * Makes an exchange without alternate, or takes that of the one that is there away.
     *
     * @return true if it was made; false if it was there
     * @throws SluiceApiException {@code exchange-exists} if it is of another type
     */
    public boolean put(String exchange, ExchangeType type) {
        return put(exchange, type, Optional.empty());
    }

    /**
     * Makes an exchange, or gives the one that is there this alternate.
     *
     * @param alternate the exchange that gets what no binding matches
     * @return true if it was made; false if it was there
     * @throws SluiceApiException {@code exchange-exists} if it is of another type, {@code
     *     unknown-exchange} if there is no such alternate, {@code alternate-cycle}
     */
    public boolean put(String exchange, ExchangeType type, String alternate) {
        return put(exchange, type, Optional.of(alternate));
    }

    private boolean put(String exchange, ExchangeType type, Optional<String> alternate) {
        return send(Call.put(path(exchange), ExchangeBodies.put(type, alternate))).status() == 201;
    }

    /**
     * @throws SluiceApiException {@code unknown-exchange}
     */
    public ExchangeInfo describe(String exchange) {
        return read(Call.get(path(exchange)), ExchangeAnswers::exchange);
    }

    /** All exchanges, by name. */
    public List<ExchangeInfo> list() {
        var all = new ArrayList<ExchangeInfo>();
        String after = "";
        do {
            String page = "/v1/exchanges?max=" + PAGE + "&after=" + Call.segment(after);
            after =
                    read(
                            Call.get(page),
                            document -> {
                                document.list("exchanges").stream()
                                        .map(ExchangeAnswers::exchange)
                                        .forEach(all::add);
                                return document.text("nextAfter", "");
                            });
        } while (!after.isEmpty());
        return all;
    }

    /**
     * Deletes an exchange and its bindings.
     *
     * @param force even while it is another's alternate
     * @return false if it was not there, perhaps since an earlier attempt of this call
     * @throws SluiceApiException {@code exchange-in-use} without {@code force}
     */
    public boolean delete(String exchange, boolean force) {
        try {
            send(Call.delete(path(exchange) + (force ? "?force=true" : "")));
            return true;
        } catch (SluiceApiException refused) {
            if (refused.code().equals("unknown-exchange")) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Adds bindings, all or none; those that are there already stay.
     *
     * @throws SluiceApiException {@code unknown-exchange}, {@code unknown-topic}, {@code
     *     bad-binding}, {@code too-many-bindings}
     */
    public void bind(String exchange, Binding... bindings) {
        byte[] body = ExchangeBodies.bindings(List.of(bindings));
        send(Call.put(path(exchange) + "/bindings", body));
    }

    /**
     * Takes bindings away; one that is not there is no error.
     *
     * @throws SluiceApiException {@code unknown-exchange}
     */
    public void unbind(String exchange, Binding... bindings) {
        byte[] body = ExchangeBodies.bindings(List.of(bindings));
        send(Call.delete(path(exchange) + "/bindings", body));
    }

    /**
     * The bindings, by topic.
     *
     * @throws SluiceApiException {@code unknown-exchange}
     */
    public List<Binding> bindings(String exchange) {
        return read(Call.get(path(exchange) + "/bindings"), ExchangeAnswers::bindings);
    }

    /** Publishes one record; see {@link #publish(String, List, boolean)}. */
    public CompletableFuture<Published> publish(String exchange, RoutedRecord record) {
        return publish(exchange, List.of(record), false).thenApply(all -> all.get(0));
    }

    /** Publishes records; see {@link #publish(String, List, boolean)}. */
    public CompletableFuture<List<Published>> publish(String exchange, List<RoutedRecord> records) {
        return publish(exchange, records, false);
    }

    /**
     * Publishes records in one request, which is repeated under one idempotency key until all
     * topics have all of their records, or the client's call timeout is over: so each topic has
     * them once.
     *
     * <p>Completes with an entry for each record. A failure with {@link UnknownOutcomeException}
     * means that some topics may have them; one with {@link SluiceApiException}, that none has,
     * unless its code is {@code partly-published}.
     *
     * @param isMandatory whether a record that no binding matches is an error ({@code unroutable});
     *     nothing is published then
     */
    public CompletableFuture<List<Published>> publish(
            String exchange, List<RoutedRecord> records, boolean isMandatory) {
        byte[] body = ExchangeBodies.records(records);
        String query = isMandatory ? "?mandatory=true" : "";
        Call call = Call.post(path(exchange) + "/records" + query, body);
        return identity()
                .thenCompose(id ->
                        api.send(
                                call.keyed("sdk-" + id + "-" + lastRequest.incrementAndGet()),
                                timeout))
                .thenApply(answer ->
                        understood(
                                call,
                                answer,
                                json -> ExchangeAnswers.published(json, records.size())));
    }

    /** What no other client's keys begin with: an id that the cluster gives only once. */
    private synchronized CompletableFuture<Long> identity() {
        CompletableFuture<Long> known = producerId;
        if (known == null || known.isCompletedExceptionally()) {
            Call call = Call.put("/v1/producers", new byte[0]);
            known =
                    api.send(call, timeout)
                            .thenApply(answer ->
                                    understood(call, answer, json -> json.number("producerId")));
            producerId = known;
        }
        return known;
    }

    private static String path(String exchange) {
        return "/v1/exchanges/" + Call.segment(exchange);
    }

    private Answer send(Call call) {
        return Futures.await(api.send(call, timeout));
    }

    private <T> T read(Call call, Function<Json, T> reading) {
        return understood(call, send(call), reading);
    }

    private static <T> T understood(Call call, Answer answer, Function<Json, T> reading) {
        try {
            return reading.apply(answer.json());
        } catch (JsonException | DateTimeException | IllegalArgumentException notUnderstood) {
            // What was asked for was done; only what became of it is not known.
            throw new UnknownOutcomeException(
                    "the answer to %s is not understood: %s"
                            .formatted(call, notUnderstood.getMessage()),
                    notUnderstood);
        }
    }
}
