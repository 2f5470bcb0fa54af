package sluice.gateway.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.engine.Engine.Exchanges.Named;
import sluice.gateway.group.JsonFields;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.topics.TopicName;
import sluice.metadata.Binding.HeaderMatch;
import sluice.metadata.Binding.Mode;

/**
 * What a PUT or DELETE of bindings says:
 *
 * <pre>
 *   {"bindings": [ binding, … ]}
 *   binding: {"topic": "orders", "routingKey": "eu.*.created"}
 *            {"topic": "pdfs", "match": "all" | "any", "headers": {"format": "pdf", "signed": null}}
 * </pre>
 *
 * Only the topic is needed; match is all unless it says any.
 */
final class BindingsBody {

    /** Each topic that is bound is looked up. */
    private static final int BINDINGS_MAX = 1_000;

    private BindingsBody() {}

    static List<Named> parse(JsonFields body) {
        List<JsonFields> elements =
                body.objects("bindings")
                        .filter(each -> !each.isEmpty() && each.size() <= BINDINGS_MAX)
                        .orElseThrow(() ->
                                body.bad(
                                        "bindings",
                                        "expected a list of 1 to %d bindings"
                                                .formatted(BINDINGS_MAX)));
        var bindings = new ArrayList<Named>(elements.size());
        elements.forEach(element -> bindings.add(binding(element)));
        body.end();
        return bindings;
    }

    private static Named binding(JsonFields element) {
        String topic = element.textNeeded("topic");
        if (!TopicName.isValid(topic)) {
            throw new ProblemException(ProblemType.BAD_TOPIC_NAME, TopicName.whyNot(topic));
        }
        var named = new Named(topic, element.text("routingKey"), match(element));
        element.end();
        return named;
    }

    private static Optional<HeaderMatch> match(JsonFields element) {
        Optional<String> mode = element.text("match");
        Optional<Map<String, Optional<String>>> headers = element.textsByName("headers");
        if (headers.isEmpty() && mode.isPresent()) {
            throw element.bad("match", "expected headers beside it");
        }
        return headers.map(values -> new HeaderMatch(mode(element, mode.orElse("all")), values));
    }

    private static Mode mode(JsonFields element, String text) {
        for (Mode mode : Mode.values()) {
            if (ExchangeBody.word(mode).equals(text)) {
                return mode;
            }
        }
        throw element.bad("match", "expected all or any");
    }
}
