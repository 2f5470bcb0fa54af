package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.twin.CommandRun;

class ExchangeCommandTest extends CommandWorld {

    private static final String EVENTS = "/v1/exchanges/events";
    private static final String SHOWN =
            "{\"name\":\"events\",\"type\":\"topic\",\"alternate\":null,\"bindingCount\":2,"
                    + "\"createdAt\":\"2026-01-01T00:00:00Z\"}";
    private static final String PLACED =
            "{\"records\":[{\"topics\":[{\"topic\":\"orders\",\"partition\":3,\"offset\":17},"
                    + "{\"topic\":\"audit\",\"partition\":0,\"offset\":4}]}]}";

    ExchangeCommandTest() {
        super(1);
    }

    private CommandRun run(String... args) {
        return runWithInput("", args);
    }

    private CommandRun runWithInput(String input, String... args) {
        return command(input, List.of("exchange"), args);
    }

    @Test
    void createSaysWhatWasMade() {
        gateway.answer("PUT " + EVENTS, 201, SHOWN);

        CommandRun run = run("create", "events", "--type", "topic", "--alternate", "rest");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("created events: topic, alternate rest\n", run.out());
        assertEquals(
                List.of("PUT " + EVENTS + " {\"type\":\"topic\",\"alternate\":\"rest\"}"),
                gateway.requests());
    }

    @Test
    void createdBeforeIsSaid() {
        gateway.answer("PUT " + EVENTS, 200, SHOWN);

        assertEquals(
                "exists: events: topic, alternate -\n",
                run("create", "events", "--type", "topic").out());
    }

    @Test
    void describeDrawsATableOfBindings() {
        gateway.answer("GET " + EVENTS, 200, SHOWN);
        gateway.answer(
                "GET " + EVENTS + "/bindings",
                200,
                "{\"bindings\":[{\"topic\":\"audit\",\"routingKey\":\"#\"},"
                        + "{\"topic\":\"orders\",\"routingKey\":\"eu.*\"}]}");

        assertEquals(
                """
                name: events
                type: topic
                alternate: -
                bindingCount: 2
                createdAt: 2026-01-01T00:00:00Z

                bindings
                topic   routingKey
                audit   #
                orders  eu.*
                """,
                run("describe", "events").out());
        assertEquals(2, run("describe", "events", "--json").lines().size());
    }

    @Test
    void describeOfOneTopicAsksForItAlone() {
        gateway.answer("GET " + EVENTS, 200, SHOWN);
        gateway.answer("GET " + EVENTS + "/bindings", 200, "{\"bindings\":[]}");

        assertEquals(0, run("describe", "events", "--topic", "a b").exitCode());
        assertTrue(
                gateway.requests().get(1).startsWith("GET " + EVENTS + "/bindings?topic=a%20b"),
                () -> gateway.requests().toString());
    }

    @Test
    void listGoesThroughAllPages() {
        gateway.answer(
                "GET /v1/exchanges?max=500&after=",
                200,
                "{\"exchanges\":[{\"name\":\"a\"}],\"nextAfter\":\"a\"}");
        gateway.answer(
                "GET /v1/exchanges?max=500&after=a", 200, "{\"exchanges\":[{\"name\":\"b\"}]}");

        assertEquals(List.of("a", "b"), run("list", "--names").lines());
        assertEquals(List.of("name", "a", "b"), run("list").lines());
    }

    @Test
    void listOfNoneSaysHowToBegin() {
        gateway.answer("GET /v1/exchanges", 200, "{\"exchanges\":[]}");

        assertTrue(run("list").err().contains("sluice exchange create"));
    }

    @Test
    void deleteSaysSo() {
        gateway.answer("DELETE " + EVENTS, 204, "");

        assertEquals("deleted events\n", run("delete", "events", "--force").out());
        assertTrue(gateway.requests().get(0).startsWith("DELETE " + EVENTS + "?force=true"));
    }

    @Test
    void bindNamesTopicAndKey() {
        gateway.answer("PUT " + EVENTS + "/bindings", 200, "{\"added\":1,\"bindingCount\":1}");

        assertEquals("bound orders to events\n", run("bind", "events", "orders", "eu.#").out());
        assertEquals(
                "PUT "
                        + EVENTS
                        + "/bindings {\"bindings\":[{\"topic\":\"orders\",\"routingKey\":\"eu.#\"}]}",
                gateway.requests().get(0));
    }

    @Test
    void bindNamesHeaders() {
        gateway.answer("PUT " + EVENTS + "/bindings", 200, "{\"added\":0,\"bindingCount\":1}");

        CommandRun run =
                run(
                        "bind",
                        "events",
                        "pdfs",
                        "--header",
                        "format=a=b",
                        "--header",
                        "signed",
                        "--any");

        assertEquals("was bound already: pdfs to events\n", run.out());
        assertEquals(
                "PUT "
                        + EVENTS
                        + "/bindings {\"bindings\":[{\"topic\":\"pdfs\",\"match\":\"any\","
                        + "\"headers\":{\"format\":\"a=b\",\"signed\":null}}]}",
                gateway.requests().get(0));
    }

    @Test
    void unbindOfATopicAloneTakesAllOfIt() {
        gateway.answer("DELETE " + EVENTS + "/bindings", 200, "{\"removed\":3,\"bindingCount\":1}");

        assertEquals(
                "removed 3 bindings of orders from events\n",
                run("unbind", "events", "orders").out());
        assertEquals(
                "DELETE " + EVENTS + "/bindings {\"bindings\":[{\"topic\":\"orders\"}]}",
                gateway.requests().get(0));
    }

    @Test
    void publishTellsWhereARecordWent() {
        gateway.answer("POST " + EVENTS + "/records", 200, PLACED);

        CommandRun run =
                run(
                        "publish",
                        "events",
                        "two apples",
                        "--routing-key",
                        "eu.order",
                        "--key",
                        "ann",
                        "--header",
                        "h=1");

        assertEquals("orders/3@17 audit/0@4\n", run.out());
        assertEquals(
                "POST "
                        + EVENTS
                        + "/records {\"records\":[{\"routingKey\":\"eu.order\",\"key\":\"ann\","
                        + "\"valueBase64\":\"dHdvIGFwcGxlcw==\",\"headers\":{\"h\":\"1\"}}]}",
                gateway.requests().get(0));
    }

    @Test
    void publishSaysWhatQueuesLookAt() {
        gateway.answer("POST " + EVENTS + "/records", 200, PLACED);

        run("publish", "events", "a", "--priority", "9", "--delay", "10s", "--expires-in", "1h");

        assertEquals(
                "POST "
                        + EVENTS
                        + "/records {\"records\":[{\"valueBase64\":\"YQ==\",\"priority\":9,"
                        + "\"delay\":\"10s\",\"expiresIn\":\"1h\"}]}",
                gateway.requests().get(0));
    }

    @Test
    void publishTellsWhatWentNowhere() {
        gateway.answer(
                "POST " + EVENTS + "/records",
                200,
                "{\"records\":[{\"topics\":[],\"unroutable\":true},{\"exchange\":\"rest\","
                        + "\"topics\":[{\"topic\":\"t\",\"partition\":0,\"offset\":1}]}]}");

        CommandRun run = run("publish", "events", "a", "b");

        assertEquals(List.of("unroutable", "t/0@1 by rest"), run.lines());
        assertEquals(0, run.exitCode());
        assertTrue(run.err().startsWith("1 of the records went nowhere"), run.err());
    }

    @Test
    void mandatoryIsTheGatewaysAffair() {
        gateway.answer(
                "POST " + EVENTS + "/records",
                422,
                "{\"title\":\"No binding matches a record\",\"status\":422,\"detail\":\"d\","
                        + "\"action\":\"do this\"}");

        CommandRun run = run("publish", "events", "a", "--mandatory");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("do this"), run.err());
        assertTrue(
                gateway.requests().get(0).contains("/records?mandatory=true"),
                () -> gateway.requests().toString());
    }

    @Test
    void everyLineOfStdinIsARecordAndEveryRequestHasAKeyOfItsOwn() {
        gateway.answer("POST " + EVENTS + "/records", 200, PLACED);
        String lines =
                IntStream.range(0, 501).mapToObj(i -> "l" + i).collect(Collectors.joining("\n"));

        assertEquals(0, runWithInput(lines, "publish", "events").exitCode());

        assertEquals(2, gateway.requests().size());
        assertTrue(
                gateway.requests()
                        .get(1)
                        .endsWith("{\"records\":[{\"valueBase64\":\"bDUwMA==\"}]}"),
                () -> gateway.requests().get(1));
        assertEquals(2, gateway.idempotencyKeys().stream().distinct().count());
    }

    @Test
    void aLineIsPublishedBeforeTheNextIsWaitedFor() {
        gateway.answer("POST " + EVENTS + "/records", 200, PLACED);
        var publishedBefore = new ArrayList<Integer>();
        var typed =
                new InputStream() {
                    private final byte[] line = "two apples\n".getBytes(StandardCharsets.UTF_8);
                    private boolean isTyped;

                    @Override
                    public int read() {
                        throw new AssertionError("read in pieces");
                    }

                    @Override
                    public int read(byte[] to, int from, int max) {
                        publishedBefore.add(gateway.requests().size());
                        if (isTyped) {
                            return -1;
                        }
                        isTyped = true;
                        System.arraycopy(line, 0, to, from, line.length);
                        return line.length;
                    }
                };

        CommandRun.withInput(
                typed, "exchange", "publish", "events", "--gateway", "" + gateway.address());

        assertEquals(List.of(0, 1), publishedBefore);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "create", "list", "describe", "delete", "bind", "unbind", "publish"})
    void everyCommandTeachesByExamples(String command) {
        String[] words =
                command.isEmpty()
                        ? new String[] {"exchange", "--help"}
                        : new String[] {"exchange", command, "--help"};

        CommandRun run = CommandRun.of(words);

        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("Examples:"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "create events", "bind events", "publish", "create --type topic"})
    void aCommandLineThatSaysTooLittleIsNotUnderstood(String words) {
        assertEquals(2, run(words.isEmpty() ? new String[0] : words.split(" ")).exitCode());
        assertEquals(List.of(), gateway.requests());
    }
}
