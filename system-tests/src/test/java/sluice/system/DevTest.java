package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sluice dev} as a process: it starts, stops, and leaves nothing behind but its data. */
@Timeout(600)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class DevTest {

    @TempDir Path folder;

    @Test
    void findsItsDataAgainAfterAStop() throws Exception {
        try (var first = DevProcess.startAsItComes(folder.resolve("data")).awaitReady()) {
            assertEquals(3, first.gateways().size());
            for (int i = 0; i < 3; i++) {
                assertEquals(200, first.call(i, "GET", "/q/health/ready", "").statusCode());
            }
            assertEquals(
                    201,
                    first.call(0, "PUT", "/v1/topics/kept", "{\"partitions\":1}").statusCode());
            var produced =
                    first.call(
                            1,
                            "POST",
                            "/v1/topics/kept/records?acks=all",
                            "{\"records\":[{\"key\":\"ann\",\"value\":\"two apples\"}]}");
            assertEquals(200, produced.statusCode(), produced.body());

            first.signal("TERM");

            assertEquals(143, first.awaitExit());
            assertNoneLeft(first);
        }
        try (var second = DevProcess.start(folder.resolve("data")).awaitReady()) {
            var read =
                    second.call(
                            2, "GET", "/v1/topics/kept/partitions/0/records?offset=0&wait=20s", "");
            assertEquals(200, read.statusCode(), read.body());
            assertTrue(read.body().contains("two apples"), read.body());
        }
    }

    @Test
    void stopsOnCtrlC() throws Exception {
        assumeFalse(Built.isDeafToCtrlC(), "SIGINT is ignored here, and so by every child");
        try (var dev = DevProcess.start(folder.resolve("data"), "--gateways", "1").awaitReady()) {
            dev.signal("INT");

            assertEquals(130, dev.awaitExit());
            assertNoneLeft(dev);
            var output = dev.remainingOutput();
            assertTrue(
                    output.indexOf("stopping gateway-1") < output.indexOf("stopping s3"), output);
            assertTrue(!output.contains("was killed"), output);
        }
    }

    @Test
    void leavesNothingBehindEvenWhenItIsKilled() throws Exception {
        try (var dev = DevProcess.start(folder.resolve("data"), "--gateways", "2").awaitReady()) {
            assertEquals(4, dev.children().size(), "two stores, two gateways");

            dev.signal("KILL");

            for (ProcessHandle child : dev.children()) {
                child.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void refusesASecondOneOnTheSameData() throws Exception {
        var data = folder.resolve("data");
        try (var first = DevProcess.start(data, "--gateways", "1").awaitReady();
                var second = DevProcess.start(data, "--gateways", "1")) {
            var output = second.remainingOutput();

            assertEquals(1, second.awaitExit(), output);
            assertTrue(output.startsWith("error: data-in-use: another ./sluice dev (pid "), output);
            assertEquals(200, first.call(0, "GET", "/q/health/ready", "").statusCode());
        }
    }

    private static void assertNoneLeft(DevProcess dev) {
        assertEquals(
                java.util.List.of(),
                dev.children().stream().filter(ProcessHandle::isAlive).toList(),
                "children left");
    }
}
