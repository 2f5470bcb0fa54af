package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.cli.twin.CommandRun;
import sluice.cli.twin.GatewayTwin;
import sluice.cli.twin.TwinLog;

class ForceSealCommandTest {

    private static final String PATH = "POST /v1/cluster/wals/w1/force-seal";

    private final GatewayTwin gateway = gateway();

    private static GatewayTwin gateway() {
        try {
            return new GatewayTwin(new TwinLog(1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private CommandRun run(String... args) {
        List<String> all =
                new ArrayList<>(
                        List.of("cluster", "force-seal", "w1", "--reason", "disks \"gone\""));
        all.addAll(Arrays.asList(args));
        all.addAll(List.of("--gateway", gateway.address().toString()));
        return CommandRun.of(all.toArray(String[]::new));
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
