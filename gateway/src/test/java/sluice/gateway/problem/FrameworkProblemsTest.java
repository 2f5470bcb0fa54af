package sluice.gateway.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;

@QuarkusTest
final class FrameworkProblemsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/nope", "/v1", "/v1/topics/a/b", "/q/nope", "/v1/topics/a/b/c/d/e"})
    void anUnknownPathIsAProblem(String path) {
        var answer = Api.get(path);

        assertEquals("404 unknown-path", answer.status() + " " + answer.problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/cluster", "/v1/topics", "/v1/topics/a/records", "/v1/producers"})
    void aMethodThatAPathDoesNotTakeIsAProblem(String path) {
        var answer = Api.call("DELETE", path, "");

        assertEquals("405 method-not-allowed", answer.status() + " " + answer.problem());
    }

    @Test
    void anAnswerThatNobodyAcceptsIsAProblem() {
        var answer = Api.send(Api.to("/v1/cluster").header("Accept", "text/html"));

        assertEquals("406 not-acceptable", answer.status() + " " + answer.problem());
    }
}
