package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.cli.twin.CommandRun;

@Timeout(60)
class RedriveCommandTest extends CommandWorld {

    RedriveCommandTest() {
        super(1);
    }

    private CommandRun run(String... args) {
        return command("", List.of("queue", "redrive", "jobs"), args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    --all                  | POST /v1/groups/jobs/dead-letters/redrive {}
                    0/1 0/2 --rate 5       | POST /v1/groups/jobs/dead-letters/redrive {"ids":["0/1","0/2"],"rate":5}
                    --reason no --max 7    | POST /v1/groups/jobs/dead-letters/redrive {"filter":{"reason":"no"},"max":7}
                    --key k --topic other  | POST /v1/groups/jobs/dead-letters/redrive {"filter":{"key":"k"},"to":"other"}
                    --header h --header g:1 | POST /v1/groups/jobs/dead-letters/redrive {"filter":{"headers":["h","g:1"]}}
                    --all --purge          | POST /v1/groups/jobs/dead-letters/purge {}
                    """)
    void aRedriveSaysWhichAndWhereAndWaits(String options, String sent) {
        for (String what : List.of("redrive", "purge")) {
            gateway.answer(
                    "POST /v1/groups/jobs/dead-letters/" + what,
                    202,
                    "{\"state\":\"running\",\"moved\":0,\"kept\":0}");
        }
        gateway.answer(
                "GET /v1/groups/jobs/dead-letters/redrive",
                200,
                "{\"state\":\"done\",\"moved\":3,\"kept\":0,\"lastError\":null}");

        CommandRun run = run(options.split(" "));

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(sent, gateway.requests().getFirst().strip());
        assertEquals(
                options.contains("--purge") ? "purged 3, kept 0\n" : "moved 3, kept 0\n",
                run.out());
    }

    @Test
    void aRedriveWhoseCoordinatorChangesGoesOn() {
        theCoordinatorChanges();
        gateway.answers(
                "POST /v1/groups/jobs/dead-letters/redrive",
                202,
                "{\"state\":\"running\",\"moved\":3,\"kept\":1}",
                "{\"state\":\"done\",\"moved\":2,\"kept\":0}");

        CommandRun run = run("--all");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("moved 5, kept 0\n", run.out());
        assertTrue(run.err().contains("another gateway"), run.err());
    }

    private void theCoordinatorChanges() {
        gateway.answer(
                "GET /v1/groups/jobs/dead-letters/redrive",
                200,
                "{\"state\":\"none\",\"moved\":0,\"kept\":0}");
    }

    @Test
    void aRedriveOfSoManyWhoseCoordinatorChangesFailsTheCommand() {
        theCoordinatorChanges();
        gateway.answer(
                "POST /v1/groups/jobs/dead-letters/redrive",
                202,
                "{\"state\":\"running\",\"moved\":3,\"kept\":0}");

        CommandRun run = run("--all", "--max", "7");

        assertEquals(ExitCode.FAILED, run.exitCode());
        assertTrue(run.err().contains("moved at least 3"), run.err());
    }

    @Test
    void aRedriveWhoseDeadLettersAreDeletedSaysWhatItMovedBefore() {
        theCoordinatorChanges();
        gateway.answers(
                "POST /v1/groups/jobs/dead-letters/redrive",
                202,
                "{\"state\":\"running\",\"moved\":3,\"kept\":0}",
                "{\"state\":\"none\",\"moved\":0,\"kept\":0}");

        CommandRun run = run("--all");

        assertEquals(ExitCode.FAILED, run.exitCode());
        assertTrue(run.err().contains("moved at least 3"), run.err());
    }

    @Test
    void whereThereAreNoDeadLettersNothingIsMoved() {
        gateway.answer(
                "POST /v1/groups/jobs/dead-letters/redrive",
                202,
                "{\"state\":\"none\",\"moved\":0,\"kept\":0}");

        CommandRun run = run("--all");

        assertEquals("0 there are no dead letters\n", run.exitCode() + " " + run.err());
    }

    @Test
    void whatCouldNotGoBackFailsTheCommand() {
        gateway.answer(
                "POST /v1/groups/jobs/dead-letters/redrive",
                202,
                "{\"state\":\"done\",\"moved\":1,\"kept\":2,\"lastError\":\"unknown-topic: gone\"}");

        CommandRun run = run("--all");

        assertEquals(ExitCode.FAILED, run.exitCode());
        assertEquals("moved 1, kept 2\n", run.out());
        assertTrue(run.err().contains("unknown-topic"), run.err());
    }
}
