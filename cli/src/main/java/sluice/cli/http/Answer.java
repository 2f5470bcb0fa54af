package sluice.cli.http;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.Map;

/** What a gateway said to a call that it accepted. */
public final class Answer {

    /** Stands for the answer that nobody waited for. */
    static final Answer NONE = new Answer(0, HttpHeaders.of(Map.of(), (_, _) -> true), new byte[0]);

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Answer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** HTTP status; 0 if the call was sent without waiting for its end. */
    public int status() {
        return status;
    }

    /** The body, position 0 to limit; backed by an array, not shared with another answer. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(body);
    }

    public Json json() {
        return Json.parse(body());
    }

    /**
     * @throws CommandFailure if the header is missing or no number
     */
    public long longHeader(String name) {
        return headers.firstValue(name)
                .flatMap(Answer::asLong)
                .orElseThrow(() ->
                        new CommandFailure(
                                Problem.local(
                                        "Answer not understood",
                                        "expected a number in the header " + name,
                                        "check that --gateway names a Sluice gateway of"
                                                + " this version")));
    }

    private static java.util.Optional<Long> asLong(String text) {
        try {
            return java.util.Optional.of(Long.valueOf(text.strip()));
        } catch (NumberFormatException notANumber) {
            return java.util.Optional.empty();
        }
    }
}
