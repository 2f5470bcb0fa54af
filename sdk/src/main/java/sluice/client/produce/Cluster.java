package sluice.client.produce;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import sluice.client.error.Problem;

/**
 * What a producer needs of gateways. Nothing is repeated here but descriptions and ids, which may
 * be. Futures complete on any thread.
 */
interface Cluster {

    /**
     * Fails with {@link sluice.client.error.SluiceApiException} if there is no such topic, with
     * another {@link sluice.client.error.SluiceClientException} if that is not known.
     */
    CompletableFuture<TopicView> describe(String topic);

    /** An id that no other producer has. */
    CompletableFuture<Long> newProducerId();

    /**
     * Sends the request once. Never fails: an answer for each batch, in the order of the request.
     */
    CompletableFuture<RequestOutcome> produce(ProduceRequest request);

    /**
     * @param outcomes of each batch, in the order of the request
     * @param isGatewayGone true if there was no answer
     * @param isOfTheWhole true if the request was refused as a whole, so that one batch may be to
     *     blame for all
     * @param isTopicGone true if the gateway knows no such topic
     */
    record RequestOutcome(
            List<BatchOutcome> outcomes,
            boolean isGatewayGone,
            boolean isOfTheWhole,
            boolean isTopicGone) {

        public RequestOutcome {
            outcomes = List.copyOf(outcomes);
        }

        /** Of a request that could not even be made. */
        static RequestOutcome unsendable(ProduceRequest request, Throwable why) {
            var problem =
                    new Problem(
                            "",
                            0,
                            "The request could not be made",
                            String.valueOf(why),
                            "",
                            Map.of());
            return new RequestOutcome(
                    Collections.nCopies(
                            request.batches().size(), new BatchOutcome.Refused(problem)),
                    false,
                    true,
                    false);
        }
    }
}
