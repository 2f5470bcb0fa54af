package sluice.gateway.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import sluice.gateway.admission.Body;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * What a request to seal a wal by force says: {@code {"reason":"both disks burnt",
 * "acceptLoss":true}}.
 *
 * @param reason 1 to {@value #REASON_CHARS_MAX} characters, kept in the wal's record
 * @param acceptLoss false if it is left out
 */
record ForceSealBody(String reason, boolean acceptLoss) {

    static final int REASON_CHARS_MAX = 500;

    private static final JsonFactory JSON = new JsonFactory();

    static ForceSealBody parse(Body body) {
        try (JsonParser json = JSON.createParser(body.array(), body.from(), body.length())) {
            return parse(json);
        } catch (JsonProcessingException e) {
            throw new ProblemException(
                    Problem.of(ProblemType.MALFORMED_JSON, String.valueOf(e.getOriginalMessage())));
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }

    private static ForceSealBody parse(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new ProblemException(ProblemType.MALFORMED_REQUEST, "Expected an object");
        }
        String reason = "";
        boolean acceptLoss = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("reason") && value == JsonToken.VALUE_STRING) {
                reason = json.getText().strip();
            } else if (field.equals("acceptLoss")
                    && (value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE)) {
                acceptLoss = json.getBooleanValue();
            } else {
                throw new ProblemException(
                        ProblemType.MALFORMED_REQUEST,
                        "%s: expected reason, a text, and acceptLoss, true or false"
                                .formatted(field));
            }
        }
        if (reason.isEmpty() || reason.length() > REASON_CHARS_MAX) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "reason: expected 1 to %d characters".formatted(REASON_CHARS_MAX));
        }
        return new ForceSealBody(reason, acceptLoss);
    }
}
