package sluice.cli;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.twin.CommandRun;
import sluice.cli.twin.GatewayTwin;
import sluice.cli.twin.TwinLog;
import sluice.log.batch.LogRecord;

@Timeout(60)
class QueueCommandTest extends CommandWorld {

    QueueCommandTest() {
        super(2);
    }

    /** Method, path and query of each, and its body if it has one. */
    private List<String> requests() {
        return gateway.requests().stream().map(String::strip).toList();
    }

    private CommandRun run(String... args) {
        return runWith("", args);
    }

    private CommandRun runWith(String input, String... args) {
        return command(input, List.of("queue"), args);
    }

    @Test
    void createSendsWhatWasChosen() {
        gateway.answer("PUT /v1/queues/jobs", 201, "{\"name\":\"jobs\"}");

        assertEquals("created jobs\n", run("create", "jobs").out());
        assertEquals("PUT /v1/queues/jobs {}", requests().getFirst());
        run(
                "create",
                "jobs",
                "--delivery-limit",
                "5",
                "--backoff",
                "10s",
                "--backoff-max",
                "1h",
                "--dead-letters",
                "none");
        assertEquals(
                "PUT /v1/queues/jobs {\"deliveryLimit\":5,"
                        + "\"backoff\":{\"delay\":\"10s\",\"maxDelay\":\"1h\"},"
                        + "\"deadLetterTopic\":null}",
                requests().getLast());
    }

    @Test
    void createSaysHowMessagesAreChosen() {
        gateway.answer("PUT /v1/queues/jobs", 201, "{}");

        run("create", "jobs", "--order-by-key", "--priority", "--keep-expired", "--single");

        assertEquals(
                "PUT /v1/queues/jobs {\"order\":\"key\",\"priority\":true,"
                        + "\"onExpiry\":\"dead-letter\",\"activeConsumer\":\"single\"}",
                requests().getLast());
    }

    @Test
    void aQueueThatIsThereShowsItsSettings() {
        gateway.answer("PUT /v1/queues/jobs", 200, "{\"name\":\"jobs\",\"deliveryLimit\":20}");

        CommandRun run = run("create", "jobs");

        assertTrue(run.out().startsWith("exists"), run.out());
        assertTrue(run.out().contains("deliveryLimit: 20"), run.out());
    }

    @Test
    void listShowsQueueGroupsAlone() {
        gateway.answer(
                "GET /v1/groups",
                200,
                "{\"groups\":[{\"name\":\"jobs\",\"type\":\"queue\",\"topics\":[\"jobs\"]},"
                        + "{\"name\":\"billing\",\"type\":\"stream\"}]}");

        assertEquals("jobs\n", run("list", "--names").out());
        assertTrue(run("list").out().contains("jobs  [jobs]"), run("list").out());
        gateway.answer("GET /v1/groups", 200, "{\"groups\":[]}");
        assertTrue(run("list").err().contains("sluice queue create"));
    }

    @Test
    void sendTakesTextsOrLines() {
        CommandRun run = run("send", GatewayTwin.TOPIC, "a b", "c");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(0, runWith("d\ne\n", "send", GatewayTwin.TOPIC).exitCode());

        assertEquals(List.of("a b", "c", "d", "e"), log.allValues().stream().sorted().toList());
        assertEquals(ExitCode.USAGE, run("send", GatewayTwin.TOPIC, "a\nb").exitCode());
    }

    @Test
    void sendSaysWhenAndBeforeWhichOthers() {
        long fromMs = System.currentTimeMillis();
        CommandRun run =
                run(
                        "send",
                        GatewayTwin.TOPIC,
                        "later",
                        "--priority",
                        "9",
                        "--delay",
                        "10m",
                        "--expires-in",
                        "1h");
        long toMs = System.currentTimeMillis();
        assertEquals(0, run.exitCode(), run.err());

        Map<String, Long> headers =
                Stream.of(log.records(0), log.records(1))
                        .flatMap(List::stream)
                        .flatMap(record -> record.headers().stream())
                        .collect(
                                Collectors.toMap(
                                        LogRecord.Header::name,
                                        each -> Long.valueOf(TwinLog.text(each.value()))));
        assertEquals(9, headers.get("sluice-priority"));
        long dueMs = requireNonNull(headers.get("sluice-deliver-at")) - 600_000;
        assertTrue(fromMs <= dueMs && dueMs <= toMs, "dueMs=" + dueMs);
        assertEquals(dueMs + 3_600_000, headers.get("sluice-expires-at"));
    }

    @ParameterizedTest
    @CsvSource({
        "--priority 10, expected 0 to 9",
        "--delay 366d, at most 365 days",
        "--delay 1h --expires-in 1h, expected more than --delay"
    })
    void sendRefusesWhatNobodyWouldEverHave(String options, String expected) {
        List<String> args = new ArrayList<>(List.of("send", GatewayTwin.TOPIC, "a"));
        args.addAll(List.of(options.split(" ")));
        CommandRun run = run(args.toArray(String[]::new));

        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains(expected), run.err());
        assertEquals(List.of(), log.allValues());
    }

    @Test
    void messagesAreShownOneALine() {
        gateway.answer(
                "GET /v1/groups/jobs/messages",
                200,
                "{\"messages\":[{\"topic\":\"jobs\",\"partition\":0,\"offset\":41,"
                        + "\"state\":\"ready\",\"deliveries\":0,\"timestamp\":1767225600000,"
                        + "\"key\":null,\"value\":\"two\\nlines\"}],\"looked\":1}");

        CommandRun run =
                run(
                        "peek",
                        "jobs",
                        "--state",
                        "ready,delayed",
                        "--key",
                        "a b",
                        "--header",
                        "h:v",
                        "--from",
                        "2026-01-01T00:00:00Z");

        assertEquals(
                """
                topic  partition  offset  state  deliveries             timestamp  key  value
                jobs           0      41  ready           0  2026-01-01T00:00:00Z    -  two·lines
                """,
                new String(
                        run.out().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(
                "GET /v1/groups/jobs/messages?max=20&state=ready,delayed&key=a%20b&header=h%3Av"
                        + "&from=1767225600000",
                requests().getFirst());
    }

    @Test
    void pagesThatAreEmptyArePassed() {
        gateway.answer(
                "GET /v1/groups/jobs/messages?max=20&key=a",
                200,
                "{\"messages\":[],\"looked\":9000,\"nextAfter\":\"jobs/0/9000\"}");
        gateway.answer(
                "GET /v1/groups/jobs/messages?max=20&key=a&after=jobs%2F0%2F9000",
                200, "{\"messages\":[],\"looked\":10}");

        CommandRun run = run("peek", "jobs", "--key", "a");

        assertEquals(2, gateway.requests().size());
        assertEquals("no such messages\n", run.err());
    }

    @Test
    void moreThanIsShownIsSaidSo() {
        gateway.answer(
                "GET /v1/groups/jobs/dead-letters",
                200,
                "{\"deadLetters\":[{\"id\":\"0/17\",\"reason\":\"no\",\"deliveries\":2,"
                        + "\"lastAt\":1767225600000,\"key\":\"k\",\"value\":\"v\"}],"
                        + "\"nextAfter\":\"d/0/17\"}");

        CommandRun run = run("dead-letters", "jobs", "--max", "1", "--reason", "no", "--oldest");

        assertTrue(run.out().contains("0/17  no"), run.out());
        assertTrue(run.err().contains("--after d/0/17"), run.err());
        assertEquals(
                "GET /v1/groups/jobs/dead-letters?max=1&order=oldest&reason=no",
                requests().getFirst());
        assertEquals(ExitCode.FAILED, run("peek", "jobs", "--max", "0").exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redrive jobs",
                "redrive jobs 0/1 --all",
                "redrive jobs --all --key k",
                "redrive jobs --all --purge --topic t",
                "receive jobs --max -1",
                "receive",
                "pause",
                "",
                "create jobs --delivery-limit x"
            })
    void whatCannotBeMeantIsRefused(String args) {
        CommandRun run = run(args.isEmpty() ? new String[0] : args.split(" "));

        assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
        assertEquals(List.of(), gateway.requests());
    }

    @Test
    void aPurgeOnlyTellsUnlessItIsToBeDone() {
        gateway.answer(
                "GET /v1/groups/jobs/stats", 200, "{\"ready\":5,\"delayed\":2,\"behind\":1}");
        gateway.answer("POST /v1/groups/jobs/purge", 200, "{\"purged\":8}");

        CommandRun told = run("purge", "jobs");

        assertTrue(told.out().startsWith("8 messages"), told.out());
        assertTrue(told.err().contains("--execute"), told.err());
        assertEquals("purged 8 messages\n", run("purge", "jobs", "--execute").out());
    }

    @Test
    void statsAndSessionsAreTables() {
        gateway.answer(
                "GET /v1/groups/jobs/stats",
                200,
                "{\"name\":\"jobs\",\"ready\":5,\"sessions\":[],"
                        + "\"partitions\":[{\"topic\":\"jobs\",\"partition\":0,\"ready\":5}]}");
        gateway.answer(
                "GET /v1/groups/jobs/sessions",
                200,
                "{\"busy\":true,\"sessions\":[{\"session\":\"s\",\"client\":\"w\",\"gateway\":\"g\","
                        + "\"inFlight\":1,\"waits\":false,\"busy\":true,\"holds\":[{\"topic\":\"jobs\","
                        + "\"partition\":0,\"offset\":41,\"deliveries\":1,\"since\":1767225600000}]}]}");

        assertTrue(run("stats", "jobs").out().contains("ready: 5"));
        String sessions = run("sessions", "jobs").out();
        assertTrue(sessions.contains("2026-01-01T00:00:00Z"), sessions);
        assertTrue(run("sessions", "jobs", "--json").out().startsWith("{\"busy\":true"));
    }

    @Test
    void aPausedQueueIsResumed() {
        gateway.answer("POST /v1/groups/jobs/pause", 200, "{}");
        gateway.answer("POST /v1/groups/jobs/resume", 200, "{}");

        assertEquals("paused jobs\n", run("pause", "jobs").out());
        assertEquals("resumed jobs\n", run("resume", "jobs").out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create",
                "list",
                "send",
                "receive",
                "peek",
                "dead-letters",
                "redrive",
                "purge",
                "pause",
                "resume",
                "stats",
                "sessions"
            })
    void eachCommandTeaches(String command) {
        CommandRun run = run(command, "--help");

        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Examples:"), run.out());
    }
}
