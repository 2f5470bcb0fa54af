package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.cli.twin.CommandRun;

class TopicCommandTest extends CommandWorld {

    private static final String CREATED =
            "{\"name\":\"clicks\",\"partitionCount\":2,"
                    + "\"retention\":\"7d\",\"profile\":\"latency\"}";

    TopicCommandTest() {
        super(2);
    }

    private CommandRun run(String... args) {
        return command("", List.of(), args);
    }

    @Test
    void createSendsWhatWasChosenAndShowsWhatCameOfIt() {
        gateway.answer("PUT /v1/topics/clicks", 201, CREATED);

        CommandRun run = run("topic", "create", "clicks", "--partitions", "2", "--retention", "7d");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("created clicks: 2 partitions, retention 7d, profile latency\n", run.out());
        assertEquals(
                List.of("PUT /v1/topics/clicks {\"partitions\":2,\"retention\":\"7d\"}"),
                gateway.requests());
    }

    @Test
    void createdBeforeIsSaid() {
        gateway.answer("PUT /v1/topics/clicks", 200, CREATED);

        assertTrue(
                run("topic", "create", "clicks").out().startsWith("exists with these settings: "));
    }

    @Test
    void updateNeedsSomethingToChange() {
        assertEquals(2, run("topic", "update", "clicks").exitCode());

        gateway.answer("PATCH /v1/topics/clicks", 200, CREATED);
        assertEquals(0, run("topic", "update", "clicks", "--profile", "latency").exitCode());
    }

    @Test
    void describeDrawsATableOfPartitions() {
        CommandRun run = run("topic", "describe", "orders");

        assertEquals(
                """
                name: orders
                retention: 7d
                profile: latency

                partitions
                partition  logStart  highWatermark  slot  owner
                        0         0              0     0  gateway-a
                        1         0              0     1  gateway-a
                """,
                run.out());
    }

    @Test
    void listGoesThroughAllPages() {
        gateway.answer(
                "GET /v1/topics?max=500&after=",
                200,
                "{\"topics\":[{\"name\":\"a\",\"retention\":\"7d\"},{\"name\":\"b\"}],\"nextAfter\":\"b\"}");
        gateway.answer("GET /v1/topics?max=500&after=b", 200, "{\"topics\":[{\"name\":\"c\"}]}");

        assertEquals("a\nb\nc\n", run("topic", "list", "--names").out());
        assertEquals("name  retention\na     7d\nb     -\nc     -\n", run("topic", "list").out());
    }

    @Test
    void deleteSaysSo() {
        gateway.answer("DELETE /v1/topics/orders", 200, "{}");

        assertEquals("deleted orders\n", run("topic", "delete", "orders").out());
    }

    @Test
    void deletingWhatIsNotThereIsRefused() {
        CommandRun run = run("topic", "delete", "nowhere");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("error: There is no such topic"), run.err());
    }

    @Test
    void namesTravelAsOneSegmentOfThePath() {
        run("topic", "describe", "a/b c");

        assertEquals(List.of("GET /v1/topics/a%2Fb%20c "), gateway.requests());
    }

    @Test
    void clusterShowsGatewaysAndWals() {
        gateway.answer(
                "GET /v1/cluster",
                200,
                "{\"clusterId\":\"c\",\"slots\":1024,\"gateways\":[{\"node\":\"n\",\"alive\":true,"
                        + "\"slots\":512}],\"wals\":[]}");

        assertEquals(
                "clusterId: c\nslots: 1024\nwals: []\n\ngateways\nnode  alive  slots\n"
                        + "n     true     512\n",
                run("cluster").out());
    }

    @Test
    void everyCommandTeachesByExamples() {
        for (String[] command :
                List.of(
                        new String[] {"topic", "--help"},
                        new String[] {"topic", "create", "--help"},
                        new String[] {"topic", "list", "--help"},
                        new String[] {"topic", "describe", "--help"},
                        new String[] {"topic", "update", "--help"},
                        new String[] {"topic", "delete", "--help"},
                        new String[] {"produce", "--help"},
                        new String[] {"consume", "--help"},
                        new String[] {"cluster", "--help"})) {
            CommandRun run = CommandRun.of(command);
            assertEquals(0, run.exitCode(), run.err());
            assertTrue(run.out().contains("Examples:"), run.out());
        }
    }

    @Test
    void withoutACommandTheChoiceIsShown() {
        CommandRun run = CommandRun.of();

        assertEquals(2, run.exitCode());
        for (String command : List.of("topic", "produce", "consume", "cluster")) {
            assertTrue(run.err().contains(command), run.err());
        }
        assertEquals(2, CommandRun.of("prodcue").exitCode());
    }
}
