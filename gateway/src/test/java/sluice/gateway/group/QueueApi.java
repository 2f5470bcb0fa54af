package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import sluice.gateway.Api;

/** A queue of its own, as one test needs it. */
final class QueueApi {

    final String name = "q." + UUID.randomUUID();
    final String path = "/v1/groups/" + name;

    void make(String settings) {
        Api.Answer answer = Api.call("PUT", "/v1/queues/" + name, settings);
        assertEquals(201, answer.status(), new String(answer.body()));
    }

    void produce(String... values) {
        for (String value : values) {
            assertEquals(
                    200,
                    Api.produce(name, "{\"records\":[{\"value\":\"%s\"}]}".formatted(value))
                            .status());
        }
    }

    JsonNode stats(String field) {
        return Api.get(path + "/stats").json().get(field);
    }

    int sessions() {
        return stats("sessions").size();
    }
}
