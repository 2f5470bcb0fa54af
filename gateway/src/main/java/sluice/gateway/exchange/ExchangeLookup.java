package sluice.gateway.exchange;

import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine;
import sluice.engine.exchange.RoutingTable;
import sluice.gateway.problem.ExchangeProblem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.topics.Namespaces;
import sluice.gateway.topics.TopicName;

/** Finds the exchange that a path names. */
@Singleton
public final class ExchangeLookup {

    private final Engine engine;

    ExchangeLookup(Engine engine) {
        this.engine = engine;
    }

    /**
     * The exchange, usually at once. Fails with {@code bad-exchange-name} or {@code
     * unknown-exchange}; may complete on a thread of the engine.
     */
    public CompletionStage<RoutingTable> find(String name) {
        try {
            checkName(name);
        } catch (ProblemException e) {
            return CompletableFuture.failedStage(e);
        }
        return engine.exchanges()
                .find(Namespaces.ofRequest(), name)
                .thenApply(found ->
                        found.orElseThrow(() ->
                                new ProblemException(
                                        ExchangeProblem.UNKNOWN_EXCHANGE,
                                        "There is no exchange named %s".formatted(name))));
    }

    /** Exchanges may have the names that topics may have. */
    static void checkName(String name) {
        if (!TopicName.isValid(name)) {
            throw new ProblemException(ExchangeProblem.BAD_EXCHANGE_NAME, TopicName.whyNot(name));
        }
    }
}
