package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was acknowledged with acks=all is on the disks of all members, also while a gateway hangs:
 * after one gateway is stopped (SIGSTOP) under load and the owner is then killed, the third alone
 * must have every acknowledged record at its offset.
 */
@Timeout(300)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class GatewayLossTest {

    private static final int OWNER = 0;
    private static final int SURVIVOR = 1;
    private static final int HANGING = 2;
    private static final int PARTITIONS = 3;
    private static final int ACKS_BEFORE = 50;
    private static final int ACKS_WHILE_HANGING = 50;
    private static final int TRIES_MAX = 100;
    private static final Pattern APPENDED = Pattern.compile("\"offset\":(\\d+)");
    private static final Pattern READ =
            Pattern.compile("\"offset\":(\\d+),.*?\"value\":\"(\\w+)\"");

    private record Acknowledged(long offset, String value) {}

    @TempDir Path folder;

    @Test
    void theLastMemberHoldsAllThatWasAcknowledged() throws Exception {
        try (var dev = DevProcess.start(folder.resolve("data")).awaitReady()) {
            dev.call(OWNER, "PUT", "/v1/topics/careful", "{\"partitions\":" + PARTITIONS + "}");
            int partition = partitionOf(dev, OWNER);
            var acknowledged = new ArrayList<Acknowledged>();
            produce(dev, partition, ACKS_BEFORE, acknowledged);

            dev.signalGateway(HANGING, "STOP");
            produce(dev, partition, ACKS_WHILE_HANGING, acknowledged);
            dev.signalGateway(OWNER, "KILL");

            assertEquals(
                    List.of(), missing(dev, partition, acknowledged), "acknowledged and not there");
            dev.signalGateway(HANGING, "CONT");
        }
    }

    private static int partitionOf(DevProcess dev, int gateway) throws Exception {
        String address = dev.gateways().get(gateway).getAuthority();
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            String topic = dev.call(gateway, "GET", "/v1/topics/careful", "").body();
            String[] partitions = topic.split("\"partition\":");
            for (int i = 1; i < partitions.length; i++) {
                if (partitions[i].contains(address)) {
                    return i - 1;
                }
            }
        }
        throw new AssertionError("no partition is owned by " + address);
    }

    private static void produce(
            DevProcess dev, int partition, int count, List<Acknowledged> acknowledged)
            throws Exception {
        int wanted = acknowledged.size() + count;
        for (int tries = 0; acknowledged.size() < wanted; tries++) {
            assertTrue(tries < count + TRIES_MAX, "writes go on: " + acknowledged.size());
            String value = "v" + acknowledged.size() + "x" + tries;
            HttpResponse<String> answer =
                    dev.call(
                            OWNER,
                            "POST",
                            "/v1/topics/careful/records?acks=all",
                            "{\"records\":[{\"value\":\"%s\",\"partition\":%d}]}"
                                    .formatted(value, partition));
            var offset = APPENDED.matcher(answer.body());
            if (answer.statusCode() == 200 && offset.find()) {
                acknowledged.add(new Acknowledged(Long.parseLong(offset.group(1)), value));
            }
        }
    }

    /** What the survivor does not show, once it shows as much as it ever will. */
    private static List<Acknowledged> missing(
            DevProcess dev, int partition, List<Acknowledged> acknowledged) throws Exception {
        long last = acknowledged.getLast().offset();
        var found = new ArrayList<Acknowledged>();
        long next = 0;
        for (int tries = 0; tries < TRIES_MAX && next <= last; tries++) {
            HttpResponse<String> answer =
                    dev.call(
                            SURVIVOR,
                            "GET",
                            "/v1/topics/careful/partitions/%d/records?offset=%d&wait=1s"
                                    .formatted(partition, next),
                            "");
            if (answer.statusCode() == 200) {
                for (String record : answer.body().split("\\{\"offset\"")) {
                    var read = READ.matcher("\"offset\"" + record);
                    if (read.find()) {
                        next = Long.parseLong(read.group(1)) + 1;
                        found.add(new Acknowledged(next - 1, read.group(2)));
                    }
                }
            }
        }
        var missing = new ArrayList<>(acknowledged);
        missing.removeAll(found);
        return missing;
    }
}
