package sluice.client.http;

import java.util.Map;
import java.util.Optional;
import sluice.client.json.Json;

/**
 * What a gateway answered. The body is not copied: nobody changes it.
 *
 * @param headers the first of each name, in lower case
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {

    public Answer {
        headers = Map.copyOf(headers);
    }

    /**
     * @param name in lower case
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /**
     * @throws sluice.client.json.JsonException if the body is not JSON
     */
    public Json json() {
        return Json.parse(body);
    }
}
