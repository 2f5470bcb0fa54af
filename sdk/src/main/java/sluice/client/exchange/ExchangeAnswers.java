package sluice.client.exchange;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/** What gateways answer about exchanges, out of the JSON of the API. */
final class ExchangeAnswers {

    private ExchangeAnswers() {}

    static ExchangeInfo exchange(Json exchange) {
        return new ExchangeInfo(
                exchange.text("name"),
                ExchangeType.of(exchange.text("type")),
                optionalText(exchange, "alternate"),
                exchange.integer("bindingCount"),
                Instant.parse(exchange.text("createdAt")));
    }

    static List<Binding> bindings(Json answer) {
        return answer.list("bindings").stream().map(ExchangeAnswers::binding).toList();
    }

    private static Binding binding(Json binding) {
        String topic = binding.text("topic");
        Optional<Json> headers = binding.field("headers");
        if (headers.isEmpty()) {
            return new Binding(topic, optionalText(binding, "routingKey"), Map.of(), true);
        }
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (String name : headers.get().names()) {
            values.put(name, optionalText(headers.get(), name).orElse(null));
        }
        return new Binding(topic, Optional.empty(), values, binding.text("match").equals("all"));
    }

    /**
     * @param count of the records that were published
     */
    static List<Published> published(Json answer, int count) {
        List<Published> records =
                answer.list("records").stream().map(ExchangeAnswers::record).toList();
        if (records.size() != count) {
            throw new JsonException(
                    "expected an entry for each of %d records, found %d"
                            .formatted(count, records.size()));
        }
        return records;
    }

    private static Published record(Json record) {
        return new Published(
                record.list("topics").stream()
                        .map(each ->
                                new Published.Place(
                                        each.text("topic"),
                                        each.integer("partition"),
                                        each.number("offset")))
                        .toList(),
                optionalText(record, "exchange"));
    }

    private static Optional<String> optionalText(Json object, String name) {
        return object.field(name).map(each -> object.text(name));
    }
}
