package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.cli.twin.CommandRun;

class ForceSealCommandTest extends CommandWorld {

    private static final String PATH = "POST /v1/cluster/wals/w1/force-seal";

    ForceSealCommandTest() {
        super(1);
    }

    private CommandRun run(String... args) {
        return command(
                "", List.of("cluster", "force-seal", "w1", "--reason", "disks \"gone\""), args);
    }

    private static String answer(boolean sealed) {
        return "{\"wal\":\"w1\",\"sealed\":%s,\"end\":7,\"committedEnd\":10}".formatted(sealed);
    }

    @Test
    void withoutAcceptLossItSaysWhatWouldBeLostAndEndsWithTwo() {
        gateway.answer(PATH, 200, answer(false));

        CommandRun run = run();

        assertEquals(2, run.exitCode());
        assertTrue(run.out().contains("committedEnd: 10"), run.out());
        assertTrue(run.err().contains("--accept-loss"), run.err());
        assertEquals(
                List.of(PATH + " {\"reason\":\"disks \\\"gone\\\"\",\"acceptLoss\":false}"),
                gateway.requests());
    }

    @Test
    void withAcceptLossItIsDone() {
        gateway.answer(PATH, 200, answer(true));

        CommandRun run = run("--accept-loss");

        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("sealed: true"), run.out());
        assertTrue(gateway.requests().getFirst().contains("\"acceptLoss\":true"));
    }

    @Test
    void withoutAReasonNothingIsAsked() {
        CommandRun run =
                CommandRun.of(
                        "cluster", "force-seal", "w1", "--gateway", gateway.address().toString());

        assertEquals(2, run.exitCode());
        assertEquals(List.of(), gateway.requests());
    }
}
