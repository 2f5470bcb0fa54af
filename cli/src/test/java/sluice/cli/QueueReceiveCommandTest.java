package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.cli.twin.CommandRun;

@Timeout(60)
class QueueReceiveCommandTest extends CommandWorld {

    private static final String JOBS = "/v1/groups/jobs";

    QueueReceiveCommandTest() {
        super(2);
    }

    /** Method, path and query of each, and its body if it has one. */
    private List<String> requests() {
        return gateway.requests().stream().map(String::strip).toList();
    }

    private CommandRun receive(String... args) {
        return command("", List.of("queue", "receive", "jobs"), args);
    }

    private void opens() {
        gateway.answer(
                "POST " + JOBS + "/sessions",
                201,
                "{\"session\":\"s-1\",\"sessionTimeoutMs\":8000,\"lost\":[]}");
        gateway.answer("DELETE " + JOBS + "/sessions/s-1", 204, "");
        gateway.answer("POST " + JOBS + "/settle", 200, "{\"settled\":1,\"failed\":[]}");
    }

    private void gives(String... messages) {
        gateway.answer(
                "POST " + JOBS + "/receive",
                200,
                "{\"number\":1,\"messages\":[" + String.join(",", messages) + "]}");
    }

    /** A message with the key "k". */
    private static String message(String delivery, String value) {
        String base64 = java.util.Base64.getEncoder().encodeToString(value.getBytes());
        return ("{\"delivery\":\"%s\",\"topic\":\"jobs\",\"partition\":0,\"deliveries\":2,"
                        + "\"offset\":41,\"timestamp\":7,\"keyBase64\":\"aw==\",\"valueBase64\":\"%s\"}")
                .formatted(delivery, base64);
    }

    private String request(String start) {
        return requests().stream()
                .filter(each -> each.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError(requests().toString()));
    }

    @Test
    void whatIsPrintedIsAcknowledgedAndTheSessionEnds() {
        opens();
        gives(message("d-1", "one"), message("d-2", "two"));

        CommandRun run = receive("--max", "2");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("one\ntwo\n", run.out());
        assertEquals(
                "POST /v1/groups/jobs/receive {\"session\":\"s-1\",\"received\":0,\"max\":2,"
                        + "\"wait\":\"3s\",\"format\":\"base64\"}",
                request("POST /v1/groups/jobs/receive"));
        assertEquals(
                "POST /v1/groups/jobs/settle {\"session\":\"s-1\","
                        + "\"acknowledge\":[\"d-1\",\"d-2\"]}",
                request("POST /v1/groups/jobs/settle"));
        assertEquals("DELETE /v1/groups/jobs/sessions/s-1", requests().getLast());
        assertTrue(run.err().startsWith("2 messages in "), run.err());
    }

    @Test
    void anEmptyQueueEndsIt() {
        opens();
        gives();

        CommandRun run = receive("--quiet");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.out());
    }

    @Test
    void whatWasNotSettledIsSaidSo() {
        opens();
        gives(message("d-1", "one"));
        gateway.answer(
                "POST /v1/groups/jobs/settle",
                200,
                "{\"settled\":0,\"failed\":[{\"delivery\":\"d-1\",\"code\":\"lease-expired\","
                        + "\"detail\":\"it went back\",\"retry\":false}]}");

        assertTrue(receive("--max", "1").err().contains("lease-expired"));
    }
}
