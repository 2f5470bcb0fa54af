package sluice.gateway.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import sluice.gateway.admission.Body;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.metadata.TopicConfig;

/**
 * What a PUT or PATCH of a topic says: {@code {"partitions":6,"retention":"7d","profile":"latency",
 * "recordBytesMax":1048576}}, any field or none.
 *
 * @param retention as written, checked
 */
record TopicBody(
        Optional<Integer> partitions,
        Optional<String> retention,
        Optional<TopicConfig.Profile> profile,
        Optional<Integer> recordBytesMax) {

    private static final JsonFactory JSON = new JsonFactory();

    private static final int PARTITIONS_DEFAULT = 6;
    private static final String RETENTION_DEFAULT = "7d";

    /** An empty body says nothing, as {@code {}} does. */
    static TopicBody parse(Body body) {
        if (body.length() == 0) {
            return new TopicBody(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        try (JsonParser json = JSON.createParser(body.array(), body.from(), body.length())) {
            return parse(json);
        } catch (JsonProcessingException e) {
            throw new ProblemException(Problem.of(e));
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }

    private static TopicBody parse(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new ProblemException(ProblemType.MALFORMED_REQUEST, "Expected an object");
        }
        Optional<Integer> partitions = Optional.empty();
        Optional<String> retention = Optional.empty();
        Optional<TopicConfig.Profile> profile = Optional.empty();
        Optional<Integer> recordBytesMax = Optional.empty();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "partitions" -> partitions = Optional.of(positive(json, field));
                case "retention" -> {
                    Retention.parse(text(json, field));
                    retention = Optional.of(text(json, field));
                }
                case "profile" -> profile = Optional.of(profile(text(json, field)));
                case "recordBytesMax" -> recordBytesMax = Optional.of(positive(json, field));
                default ->
                        throw new ProblemException(
                                ProblemType.MALFORMED_REQUEST,
                                "There is no field %s; there are partitions, retention, profile,"
                                                .formatted(field)
                                        + " recordBytesMax");
            }
        }
        if (json.nextToken() != null) {
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "There is more after the body's object");
        }
        return new TopicBody(partitions, retention, profile, recordBytesMax);
    }

    private static int positive(JsonParser json, String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getIntValue() <= 0) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER, "%s: expected a positive number".formatted(field));
        }
        return json.getIntValue();
    }

    private static String text(JsonParser json, String field) throws IOException {
        String text = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
        if (text == null) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER, "%s: expected text".formatted(field));
        }
        return text;
    }

    private static TopicConfig.Profile profile(String text) {
        for (TopicConfig.Profile profile : TopicConfig.Profile.values()) {
            if (profile.name().toLowerCase(Locale.ROOT).equals(text)) {
                return profile;
            }
        }
        throw new ProblemException(
                ProblemType.BAD_PARAMETER,
                "profile=%s: expected latency or throughput".formatted(text));
    }

    int partitionsOrDefault() {
        return partitions.orElse(PARTITIONS_DEFAULT);
    }

    /** The configuration of a new topic. */
    TopicConfig toNewConfig(int recordBytesDefault) {
        return new TopicConfig(
                Retention.parse(retention.orElse(RETENTION_DEFAULT)),
                profile.orElse(TopicConfig.Profile.LATENCY),
                recordBytesMax.orElse(recordBytesDefault));
    }

    /** The present configuration with what this body says in its place. */
    TopicConfig changing(TopicConfig present) {
        Optional<Duration> newRetention =
                retention.isPresent() ? Retention.parse(retention.get()) : present.retention();
        return new TopicConfig(
                newRetention,
                profile.orElse(present.profile()),
                recordBytesMax.orElse(present.recordBytesMax()));
    }
}
