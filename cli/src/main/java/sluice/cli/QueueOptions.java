package sluice.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sluice.cli.http.Json;

/** What can be chosen for a queue; what is left out is left to the gateway. */
final class QueueOptions {

    @Option(
            names = "--delivery-limit",
            paramLabel = "N",
            description =
                    "A message that came back after so many deliveries is a dead letter; 0 for"
                            + " no limit. Default: 20")
    private @Nullable Integer deliveryLimit;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            description = "Messages that all consumers together work on. Default: 20000")
    private @Nullable Integer inFlightMax;

    @Option(
            names = "--session-timeout",
            paramLabel = "SPAN",
            description = "A consumer that is silent for so long is gone. Default: 8s")
    private @Nullable String sessionTimeout;

    @Option(
            names = "--backoff",
            paramLabel = "SPAN",
            description =
                    "How long a message rests after its first failure; twice as long after each"
                            + " further one. Default: 1s")
    private @Nullable String backoff;

    @Option(
            names = "--backoff-max",
            paramLabel = "SPAN",
            description = "The longest rest. Default: 5m")
    private @Nullable String backoffMax;

    @Option(
            names = "--dead-letters",
            paramLabel = "TOPIC",
            description =
                    "Where messages go that are given up, or none. Default: the queue's name"
                            + " with .dead-letters")
    private @Nullable String deadLetters;

    @Option(
            names = "--order-by-key",
            description =
                    "One message of a key at a time, in the order in which they were sent; others"
                            + " pass by.")
    private boolean orderByKey;

    @Option(
            names = "--priority",
            description = "Messages that were sent with a higher priority come first.")
    private boolean priority;

    @Option(
            names = "--keep-expired",
            description = "Messages that expired are dead letters. Default: they are dropped")
    private boolean keepExpired;

    @Option(
            names = "--single",
            description = "One consumer at a time is given messages; the others stand by.")
    private boolean single;

    String toJson() {
        List<String> fields = new ArrayList<>();
        if (deliveryLimit != null) {
            fields.add("\"deliveryLimit\":" + deliveryLimit);
        }
        if (inFlightMax != null) {
            fields.add("\"maxInFlight\":" + inFlightMax);
        }
        if (sessionTimeout != null) {
            fields.add("\"sessionTimeout\":" + Json.quote(sessionTimeout));
        }
        List<String> rests = new ArrayList<>();
        if (backoff != null) {
            rests.add("\"delay\":" + Json.quote(backoff));
        }
        if (backoffMax != null) {
            rests.add("\"maxDelay\":" + Json.quote(backoffMax));
        }
        if (!rests.isEmpty()) {
            fields.add("\"backoff\":{" + String.join(",", rests) + "}");
        }
        if (deadLetters != null) {
            fields.add(
                    "\"deadLetterTopic\":"
                            + (deadLetters.equals("none") ? "null" : Json.quote(deadLetters)));
        }
        if (orderByKey) {
            fields.add("\"order\":\"key\"");
        }
        if (priority) {
            fields.add("\"priority\":true");
        }
        if (keepExpired) {
            fields.add("\"onExpiry\":\"dead-letter\"");
        }
        if (single) {
            fields.add("\"activeConsumer\":\"single\"");
        }
        return "{" + String.join(",", fields) + "}";
    }
}
