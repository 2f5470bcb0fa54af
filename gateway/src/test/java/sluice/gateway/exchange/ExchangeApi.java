package sluice.gateway.exchange;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sluice.gateway.Api;

/** One exchange of a test, and what is done with it. */
final class ExchangeApi {

    final String name = "x-" + UUID.randomUUID();
    final String path = "/v1/exchanges/" + name;

    static ExchangeApi of(String type) {
        var exchange = new ExchangeApi();
        exchange.put("{\"type\":\"%s\"}".formatted(type));
        return exchange;
    }

    Api.Answer put(String json) {
        return Api.call("PUT", path, json);
    }

    /** By routing key. */
    ExchangeApi bind(String topic, String key) {
        return bindAs("{\"topic\":\"%s\",\"routingKey\":\"%s\"}".formatted(topic, key));
    }

    ExchangeApi bindAs(String binding) {
        Api.Answer answer = bindings("PUT", binding);
        if (answer.status() != 200) {
            throw new AssertionError("not bound: " + new String(answer.body()));
        }
        return this;
    }

    Api.Answer bindings(String method, String... bindings) {
        return Api.call(
                method,
                path + "/bindings",
                "{\"bindings\":[%s]}".formatted(String.join(",", bindings)));
    }

    Api.Answer publish(String records) {
        return publish("", records);
    }

    Api.Answer publish(String query, String records) {
        return Api.call("POST", path + "/records" + query, "{\"records\":[%s]}".formatted(records));
    }

    Api.Answer publishWithKey(String key, String records) {
        return Api.send(
                Api.to(path + "/records")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"records\":[%s]}".formatted(records))));
    }

    /** The names of the topics that a record went to. */
    static List<String> topics(Api.Answer answer, int record) {
        var names = new ArrayList<String>();
        answer.json()
                .at("/records/" + record + "/topics")
                .forEach(topic -> names.add(topic.get("topic").asText()));
        return names;
    }
}
