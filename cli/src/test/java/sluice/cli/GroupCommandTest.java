package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.twin.CommandRun;

class GroupCommandTest extends CommandWorld {

    private static final String UNKNOWN =
            "{\"type\":\"https://sluice.dev/problems/unknown-group\",\"title\":\"There is no such"
                    + " group\",\"status\":404,\"detail\":\"g\",\"action\":\"Create it.\"}";

    GroupCommandTest() {
        super(2);
    }

    private CommandRun run(String... args) {
        return command("", List.of(), args);
    }

    @Test
    void listGoesThroughAllPages() {
        gateway.answer(
                "GET /v1/groups?max=500&prefix=&after=",
                200,
                "{\"groups\":[{\"name\":\"a\",\"type\":\"stream\"}],\"nextAfter\":\"a\"}");
        gateway.answer(
                "GET /v1/groups?max=500&prefix=&after=a",
                200,
                "{\"groups\":[{\"name\":\"b\",\"type\":\"stream\"}]}");

        assertEquals("a\nb\n", run("group", "list", "--names").out());
        assertEquals("name  type\na     stream\nb     stream\n", run("group", "list").out());
    }

    @Test
    void whereThereIsNoneTheListSaysHowToMakeOne() {
        gateway.answer("GET /v1/groups", 200, "{\"groups\":[]}");

        assertTrue(run("group", "list").err().contains("--group"));
    }

    @Test
    void describeDrawsTables() {
        gateway.answer(
                "GET /v1/groups/g",
                200,
                "{\"name\":\"g\",\"epoch\":7,\"members\":[],\"partitions\":[{\"topic\":\"orders\","
                        + "\"partition\":0,\"committed\":5,\"lag\":2}],\"totalLag\":2}");

        assertEquals(
                """
                name: g
                epoch: 7
                members: []
                totalLag: 2

                partitions
                topic   partition  committed  lag
                orders          0          5    2
                """,
                run("group", "describe", "g").out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    earliest             | "earliest"
                    latest               | "latest"
                    4711                 | {"offset":4711}
                    2026-03-01T12:00:00Z | {"timestamp":1772366400000}
                    """)
    void aResetOnlyTellsUnlessItIsToBeDone(String to, String sent) {
        gateway.answer(
                "POST /v1/groups/g/reset",
                200,
                "{\"dryRun\":true,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,"
                        + "\"from\":5,\"to\":0,\"skipped\":0,\"repeated\":5,\"clamped\":false}]}");

        CommandRun run = run("group", "reset", "g", "--to", to);

        assertEquals(
                List.of("POST /v1/groups/g/reset {\"to\":" + sent + ",\"dryRun\":true}"),
                gateway.requests());
        assertTrue(run.out().contains("orders          0     5   0"), run.out());
        assertTrue(run.err().contains("--execute"), run.err());
    }

    @Test
    void aResetThatIsToBeDoneSaysSo() {
        gateway.answer("POST /v1/groups/g/reset", 200, "{\"dryRun\":false,\"partitions\":[]}");

        run(
                "group",
                "reset",
                "g",
                "--to",
                "latest",
                "--topic",
                "a,b",
                "--partition",
                "0,3",
                "--execute");

        assertEquals(
                List.of(
                        "POST /v1/groups/g/reset {\"to\":\"latest\",\"topics\":[\"a\",\"b\"],"
                                + "\"partitions\":[0,3],\"dryRun\":false}"),
                gateway.requests());
    }

    @Test
    void aResetNeedsAPlace() {
        assertEquals(2, run("group", "reset", "g").exitCode());
    }

    @Test
    void deleteSaysSoAndForcesIfAsked() {
        gateway.answer("DELETE /v1/groups/g", 204, "{}");

        assertEquals("deleted g\n", run("group", "delete", "g", "--force").out());
        assertEquals(List.of("DELETE /v1/groups/g?force=true "), gateway.requests());
    }

    @Test
    void whatIsNotThereIsRefused() {
        gateway.answer("GET /v1/groups/g", 404, UNKNOWN);

        CommandRun run = run("group", "describe", "g");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("There is no such group"), run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "describe", "reset", "delete"})
    void everyCommandTeachesByExamples(String command) {
        CommandRun run = CommandRun.of("group", command, "--help");

        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("Examples:"), run.out());
    }

    @Test
    void withoutACommandTheChoiceIsShown() {
        assertEquals(2, CommandRun.of("group").exitCode());
    }

    @Nested
    class Consuming {

        private static final String POLLED =
                "{\"number\":1,\"epoch\":3,\"assigned\":[],\"revoking\":[],\"records\":["
                        + "{\"topic\":\"orders\",\"partition\":1,\"offset\":4,\"timestamp\":17,"
                        + "\"keyBase64\":\"aw==\",\"valueBase64\":\"YQ==\"},"
                        + "{\"topic\":\"orders\",\"partition\":1,\"offset\":5,\"timestamp\":17,"
                        + "\"key\":null,\"valueBase64\":\"Yg==\"}],"
                        + "\"next\":[{\"topic\":\"orders\",\"partition\":1,\"offset\":6}]}";

        private void groupReads(String... topics) {
            gateway.answer(
                    "GET /v1/groups/g",
                    200,
                    "{\"partitions\":["
                            + String.join(
                                    ",",
                                    Arrays.stream(topics)
                                            .map(topic -> "{\"topic\":\"" + topic + "\"}")
                                            .toList())
                            + "]}");
        }

        private void memberPolls(String answer) {
            gateway.answer("POST /v1/groups/g/members", 201, "{\"member\":\"m-1\",\"epoch\":2}");
            gateway.answer("GET /v1/groups/g/members/m-1/records", 200, answer);
            gateway.answer("POST /v1/groups/g/offsets", 200, "{\"epoch\":3}");
            gateway.answer("DELETE /v1/groups/g/members/m-1", 204, "{}");
        }

        private String lastCommit() {
            return gateway.requests().stream()
                    .filter(request -> request.startsWith("POST /v1/groups/g/offsets"))
                    .reduce("none", (_, last) -> last);
        }

        @Test
        void whatWasPrintedIsCommittedAndTheMemberLeaves() {
            groupReads("orders");
            memberPolls(POLLED);

            CommandRun run = run("consume", "orders", "--group", "g", "--max", "2");

            assertEquals("a\nb\n", run.out(), run.err());
            assertEquals(
                    "POST /v1/groups/g/offsets {\"member\":\"m-1\",\"epoch\":3,\"offsets\":"
                            + "[{\"topic\":\"orders\",\"partition\":1,\"offset\":6}]}",
                    lastCommit());
            assertEquals("DELETE /v1/groups/g/members/m-1 ", gateway.requests().getLast());
        }

        @Test
        void noMoreIsCommittedThanWasPrinted() {
            groupReads("orders");
            memberPolls(POLLED);

            CommandRun run =
                    run("consume", "orders", "--group", "g", "--max", "1", "--format", "key-value");

            assertEquals("k\ta\n", run.out(), run.err());
            assertTrue(lastCommit().contains("\"offset\":5}"), lastCommit());
        }

        @Test
        void whereNothingComesItEnds() {
            groupReads("orders");
            memberPolls(
                    "{\"number\":1,\"epoch\":3,\"assigned\":[],\"revoking\":[],\"records\":[],"
                            + "\"next\":[]}");

            assertEquals(0, run("consume", "orders", "--group", "g").exitCode());
            assertEquals("none", lastCommit());
        }

        @Test
        void aGroupThatDoesNotExistIsMade() {
            gateway.answer("GET /v1/groups/g", 404, UNKNOWN);
            gateway.answer("PUT /v1/groups/g", 201, "{}");
            memberPolls(POLLED);

            CommandRun run =
                    run("consume", "orders", "--group", "g", "--max", "2", "--from", "latest");

            assertTrue(run.err().contains("made the group g"), run.err());
            assertEquals(
                    "PUT /v1/groups/g {\"type\":\"stream\",\"topics\":[\"orders\"],"
                            + "\"start\":\"latest\"}",
                    gateway.requests().get(1));
        }

        @Test
        void aGroupThatReadsMoreIsRefused() {
            groupReads("orders", "payments");

            CommandRun run = run("consume", "orders", "--group", "g");

            assertEquals(1, run.exitCode());
            assertTrue(run.err().contains("reads something else"), run.err());
        }

        @Test
        void aPartitionCannotBeChosen() {
            assertEquals(
                    2, run("consume", "orders", "--group", "g", "--partition", "0").exitCode());
        }

        @Test
        void aGroupDoesNotBeginAtAnOffset() {
            gateway.answer("GET /v1/groups/g", 404, UNKNOWN);

            CommandRun run = run("consume", "orders", "--group", "g", "--from", "7");

            assertEquals(1, run.exitCode());
            assertTrue(run.err().contains("Not a start for a group"), run.err());
        }
    }
}
