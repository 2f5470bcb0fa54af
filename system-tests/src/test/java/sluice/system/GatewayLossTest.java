package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import sluice.bench.cluster.LocalCluster;

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

    private static final String TOPIC = "careful";
    private static final int PARTITIONS = 3;
    private static final int PARTITION = 0;
    private static final int ACKS_BEFORE = 50;
    private static final int ACKS_WHILE_HANGING = 50;
    private static final int TRIES_MAX = 100;
    private static final Duration MAX = Duration.ofSeconds(60);
    private static final Pattern APPENDED = Pattern.compile("\"offset\":(\\d+)");
    private static final Pattern READ =
            Pattern.compile("\"offset\":(\\d+),.*?\"value\":\"(\\w+)\"");

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    private LocalCluster cluster;

    private record Acknowledged(long offset, String value) {}

    @BeforeEach
    void begin() throws Exception {
        cluster = SHARED.whole();
    }

    @Test
    void theLastMemberHoldsAllThatWasAcknowledged() throws Exception {
        Trial.await("the topic", MAX, () -> cluster.api(0).createTopic(TOPIC, PARTITIONS));
        int owner = owner();
        int hanging = (owner + 1) % 3;
        int survivor = (owner + 2) % 3;
        var acknowledged = new ArrayList<Acknowledged>();
        produce(owner, ACKS_BEFORE, acknowledged);

        cluster.gateway(hanging).signal("STOP");
        produce(owner, ACKS_WHILE_HANGING, acknowledged);
        cluster.gateway(owner).kill();

        assertEquals(List.of(), missing(survivor, acknowledged), "acknowledged and not there");
        // It would wake to find its wal taken, and end in the middle of the next test.
        cluster.gateway(hanging).kill();
    }

    private int owner() throws InterruptedException {
        var owners = new ArrayList<String>();
        Trial.await(
                "owners",
                MAX,
                () -> {
                    owners.clear();
                    owners.addAll(cluster.api(0).owners(TOPIC));
                    return !owners.isEmpty();
                });
        return IntStream.range(0, 3)
                .filter(gateway -> cluster.address(gateway).equals(owners.get(PARTITION)))
                .findFirst()
                .orElseThrow();
    }

    private void produce(int gateway, int count, List<Acknowledged> acknowledged)
            throws InterruptedException {
        int wanted = acknowledged.size() + count;
        for (int tries = 0; acknowledged.size() < wanted; tries++) {
            assertTrue(tries < count + TRIES_MAX, "writes go on: " + acknowledged.size());
            String value = "v" + acknowledged.size() + "x" + tries;
            String answer =
                    ask(
                            gateway,
                            "POST",
                            "/v1/topics/%s/records?acks=all".formatted(TOPIC),
                            "{\"records\":[{\"value\":\"%s\",\"partition\":%d}]}"
                                    .formatted(value, PARTITION));
            var offset = APPENDED.matcher(answer);
            if (offset.find()) {
                acknowledged.add(new Acknowledged(Long.parseLong(offset.group(1)), value));
            }
        }
    }

    /** The body, if the status is 200. */
    private String ask(int gateway, String method, String path, String body)
            throws InterruptedException {
        return cluster.api(gateway)
                .ask(method, path, body)
                .filter(answer -> answer.statusCode() == 200)
                .map(answer -> new String(answer.body(), StandardCharsets.UTF_8))
                .orElse("");
    }

    /** What the survivor does not show, once it shows as much as it ever will. */
    private List<Acknowledged> missing(int survivor, List<Acknowledged> acknowledged)
            throws InterruptedException {
        long last = acknowledged.getLast().offset();
        var found = new ArrayList<Acknowledged>();
        long next = 0;
        for (int tries = 0; tries < TRIES_MAX && next <= last; tries++) {
            String answer =
                    ask(
                            survivor,
                            "GET",
                            "/v1/topics/%s/partitions/%d/records?offset=%d&wait=1s"
                                    .formatted(TOPIC, PARTITION, next),
                            "");
            for (String record : answer.split("\\{\"offset\"")) {
                var read = READ.matcher("\"offset\"" + record);
                if (read.find()) {
                    next = Long.parseLong(read.group(1)) + 1;
                    found.add(new Acknowledged(next - 1, read.group(2)));
                }
            }
        }
        var missing = new ArrayList<>(acknowledged);
        missing.removeAll(found);
        return missing;
    }
}
