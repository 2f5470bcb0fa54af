package sluice.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import sluice.cli.twin.CommandRun;
import sluice.cli.twin.GatewayTwin;
import sluice.cli.twin.TwinLog;

/** One gateway, and commands that ask it. */
abstract class CommandWorld {

    final TwinLog log;
    final GatewayTwin gateway;

    CommandWorld(int partitions) {
        log = new TwinLog(partitions);
        try {
            gateway = new GatewayTwin(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    /** Runs these words and then these. */
    CommandRun command(String input, List<String> words, String... args) {
        List<String> all = new ArrayList<>(words);
        all.addAll(Arrays.asList(args));
        all.addAll(List.of("--gateway", gateway.address().toString()));
        return CommandRun.withInput(input, all.toArray(String[]::new));
    }
}
