package sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;

/** Calls of the gateway under test, as any HTTP client would make them. */
public final class Api {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Api() {}

    public record Answer(int status, Map<String, String> headers, byte[] body) {

        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + new String(body), e);
            }
        }

        public String contentType() {
            return headers.getOrDefault("content-type", "");
        }

        public String header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase())).orElse("");
        }

        /** The code of a problem; checks that it is one. */
        public String problem() {
            if (!contentType().equals("application/problem+json")) {
                throw new AssertionError(
                        "not a problem: status=" + status + " type=" + contentType());
            }
            JsonNode problem = json();
            for (String member : new String[] {"type", "title", "status", "detail", "action"}) {
                if (!problem.has(member)) {
                    throw new AssertionError(member + " is missing: " + problem);
                }
            }
            String code = problem.get("code").asText();
            if (problem.get("status").asInt() != status
                    || !problem.get("type").asText().endsWith("/" + code)) {
                throw new AssertionError("contradicts itself: status=" + status + " " + problem);
            }
            return code;
        }
    }

    public static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    /** As clients are told it. */
    public static String address() {
        return "http://127.0.0.1:" + port();
    }

    public static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    public static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response =
                    CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            var headers = new java.util.HashMap<String, String>();
            response.headers()
                    .map()
                    .forEach((name, values) -> headers.put(name.toLowerCase(), values.getFirst()));
            return new Answer(response.statusCode(), headers, response.body());
        } catch (IOException e) {
            throw new AssertionError("no answer: " + request.build().uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public static Answer get(String path) {
        return send(to(path).GET());
    }

    public static Answer call(String method, String path, String json) {
        return send(
                to(path).header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json)));
    }

    public static Answer produce(String topic, String json) {
        return call("POST", "/v1/topics/" + topic + "/records", json);
    }

    public static Answer produceBatches(String topic, String query, byte[] batches) {
        return send(
                to("/v1/topics/" + topic + "/records" + query)
                        .header("Content-Type", "application/vnd.sluice.record-batches")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(batches)));
    }

    public static Answer produceGroups(String topic, String query, byte[] groups) {
        return send(
                to("/v1/topics/" + topic + "/records" + query)
                        .header("Content-Type", "application/vnd.sluice.partitioned-batches")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(groups)));
    }

    public static Answer fetch(String topic, int partition, String query) {
        return get("/v1/topics/" + topic + "/partitions/" + partition + "/records" + query);
    }

    /** A new topic; its name is unique in the run. */
    public static String newTopic(int partitions) {
        String name = "t-" + java.util.UUID.randomUUID();
        Answer answer = call("PUT", "/v1/topics/" + name, "{\"partitions\":" + partitions + "}");
        if (answer.status() != 201) {
            throw new AssertionError("not created: " + new String(answer.body()));
        }
        return name;
    }
}
