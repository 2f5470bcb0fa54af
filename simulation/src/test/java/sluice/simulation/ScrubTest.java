package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.uploader.memory.ObjectFaults;

/** Objects that go although records depend on them are noticed before a reader needs them. */
class ScrubTest {

    private static final Duration EVERY = Duration.ofSeconds(30);

    @Test
    void f45ObjectsThatAreGoneOrCutAreToldWithinTwoRounds() {
        var cluster = clusterOf(450);
        TopicRecord topic = cluster.createTopic("orders", 3);
        List<String> keys = uploaded(cluster, topic);
        cluster.runFor(EVERY.multipliedBy(2));
        assertEquals(0, told(cluster), "all is there");
        long looks = total(cluster, "scrub.objects");
        assertTrue(looks >= keys.size(), "looks=" + looks);

        cluster.objects.lose(keys.getFirst());
        cluster.objects.truncate(keys.getLast(), (int) cluster.objects.length(keys.getLast()) - 1);
        cluster.runFor(EVERY.multipliedBy(2));

        assertTrue(told(cluster) >= 2, "told=" + told(cluster));
    }

    @Test
    void f45WhatItsRetentionMayHaveRemovedIsNotMissed() {
        var cluster = clusterOf(451);
        TopicRecord topic =
                cluster.node(0)
                        .engine()
                        .topics()
                        .create(
                                "default",
                                "orders",
                                3,
                                new TopicConfig(
                                        Optional.of(Duration.ofHours(20)),
                                        TopicConfig.Profile.LATENCY,
                                        1 << 20))
                        .topic();
        List<String> keys = uploaded(cluster, topic);
        assertTrue(keys.stream().allMatch(key -> key.startsWith("data/1d/")), keys::toString);
        cluster.objects.lose(keys.getFirst());
        cluster.nodes.forEach(node -> node.scope().jumpWallClock(Duration.ofHours(25)));

        cluster.runFor(EVERY.multipliedBy(2));

        assertEquals(0, told(cluster));
    }

    @Test
    void f45WhileTheBucketIsAwayNothingIsMissed() {
        var cluster = clusterOf(452);
        uploaded(cluster, cluster.createTopic("orders", 3));
        cluster.objects.faults((call, key) -> ObjectFaults.Fate.FAIL_BEFORE);

        cluster.runFor(EVERY.multipliedBy(4));

        assertEquals(0, told(cluster));
    }

    private static SimulatedCluster clusterOf(long seed) {
        var limits = new SimulatedLimits();
        limits.scrubEvery = EVERY;
        return SimulatedCluster.running(seed, 3, limits);
    }

    /** Keys of objects with records of the topic, all of which are uploaded. */
    private static List<String> uploaded(SimulatedCluster cluster, TopicRecord topic) {
        var producer = cluster.producer();
        for (int i = 0; i < 30; i++) {
            producer.append(cluster.node(i % 3), topic, i % 3, "v" + i);
            cluster.runFor(Duration.ofMillis(300));
        }
        cluster.runFor(Duration.ofSeconds(5));
        List<String> keys =
                cluster.objects.keys().stream().filter(key -> key.startsWith("data/")).toList();
        assertTrue(keys.size() >= 3, keys::toString);
        return keys;
    }

    private static long told(SimulatedCluster cluster) {
        return total(cluster, "scrub.lost");
    }

    private static long total(SimulatedCluster cluster, String counter) {
        return cluster.up().stream().mapToLong(node -> node.counter(counter)).sum();
    }
}
