package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sluice.client.error.UnknownOutcomeException;

/** Faults from a seed: what is acknowledged is there, once, in order; what is refused is not. */
class ProducerSeedsTest {

    private static final int PARTITIONS = 3;

    /** One run: records at random moments, gateways that lose requests and answers at random. */
    private static final class Run {
        final long seed;
        final Random random;
        final World world;
        final List<String> values = new ArrayList<>();
        final List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        boolean isCalm;
        int late;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.world = new World(World.defaults(), new Random(seed + 1));
            world.view = World.viewOf(PARTITIONS, World.ONE);
            world.script = this::handle;
        }

        private Cluster.@Nullable RequestOutcome handle(World.Sent sent) {
            if (isCalm) {
                return world.append(sent);
            }
            switch (random.nextInt(12)) {
                case 0:
                    return World.gone(sent, false);
                case 1: // It arrives, perhaps much later, and its answer never does.
                    world.after(random.nextLong(60_000_000_000L), () -> world.append(sent));
                    late++;
                    return null;
                case 2:
                    world.append(sent);
                    return World.gone(sent, true);
                case 3:
                    return World.refused(sent, "malformed-batch");
                default:
                    return oneByOne(sent);
            }
        }

        private Cluster.RequestOutcome oneByOne(World.Sent sent) {
            var outcomes = new ArrayList<BatchOutcome>();
            for (int i = 0; i < sent.bytes().size(); i++) {
                TwinLog log = world.log(sent.partition(i));
                int fate = random.nextInt(10);
                if (fate == 0) {
                    outcomes.add(new BatchOutcome.Again("busy", Duration.ZERO, false));
                } else if (fate == 1) {
                    if (random.nextBoolean()) {
                        log.append(sent.bytes().get(i));
                    }
                    outcomes.add(new BatchOutcome.Again("unknown", Duration.ZERO, true));
                } else {
                    outcomes.add(log.append(sent.bytes().get(i)));
                }
            }
            return new Cluster.RequestOutcome(outcomes, false, false, false);
        }

        Run go() {
            for (int i = 0; i < 400; i++) {
                String value = String.format("%06d", i) + "-" + "x".repeat(random.nextInt(400));
                values.add(value);
                futures.add(
                        world.send(
                                ProducerRecord.of(World.TOPIC, value)
                                        .toPartition(random.nextInt(PARTITIONS))));
                // Now and then for so long that delivery times are over.
                world.advanceMs(
                        random.nextInt(40) == 0 ? random.nextInt(20_000) : random.nextInt(8));
            }
            isCalm = true;
            world.advanceMs(120_000);
            return this;
        }

        void check() {
            String where = "seed=" + seed;
            var found = new HashMap<String, String>();
            for (Map.Entry<Integer, TwinLog> log : world.logs.entrySet()) {
                List<String> inLog = log.getValue().values;
                for (int offset = 0; offset < inLog.size(); offset++) {
                    String place = log.getKey() + "/" + offset;
                    assertEquals(null, found.put(inLog.get(offset), place), where + " twice");
                    assertTrue(
                            offset == 0 || inLog.get(offset).compareTo(inLog.get(offset - 1)) > 0,
                            where + " out of order at " + place);
                }
            }
            for (int i = 0; i < values.size(); i++) {
                CompletableFuture<RecordMetadata> future = futures.get(i);
                assertTrue(future.isDone(), where + " record=" + i + " has not ended");
                String place = found.get(values.get(i));
                if (!future.isCompletedExceptionally()) {
                    RecordMetadata written = future.join();
                    assertEquals(
                            written.partition() + "/" + written.offset(),
                            place,
                            where + " record=" + i);
                } else if (!(future.exceptionNow() instanceof UnknownOutcomeException)) {
                    assertEquals(
                            null,
                            place,
                            where + " record=" + i + " is written: " + future.exceptionNow());
                }
            }
            assertEquals(0, world.machine.metrics(0).bytesHeld(), where);
            assertEquals(0, world.machine.metrics(0).batchesHeld(), where);
        }
    }

    @Test
    void whatIsAcknowledgedIsThereOnceAndInOrder() {
        int acked = 0;
        int unknown = 0;
        int refused = 0;
        long duplicates = 0;
        int late = 0;
        for (long seed = 1; seed <= 60; seed++) {
            Run run = new Run(seed).go();
            run.check();
            for (CompletableFuture<RecordMetadata> future : run.futures) {
                if (!future.isCompletedExceptionally()) {
                    acked++;
                } else if (future.exceptionNow() instanceof UnknownOutcomeException) {
                    unknown++;
                } else {
                    refused++;
                }
            }
            duplicates += run.world.machine.metrics(0).duplicates();
            late += run.late;
        }
        String seen =
                "acked=%d unknown=%d refused=%d duplicates=%d late=%d"
                        .formatted(acked, unknown, refused, duplicates, late);
        assertTrue(
                acked > 10_000 && unknown > 50 && refused > 500 && duplicates > 100 && late > 100,
                "the runs exercised the machine: " + seen);
    }

    @Test
    void sameSeedGivesTheSameRun() {
        var outcomes = new HashSet<String>();
        for (int i = 0; i < 2; i++) {
            Run run = new Run(77).go();
            outcomes.add(
                    run.world.nowNs + " " + run.world.machine.metrics(0) + run.world.log(0).values);
        }
        assertEquals(1, outcomes.size());
    }
}
