package sluice.consumer.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.dispatch.Dispatcher.Grant;
import sluice.consumer.group.TopicPartition;

class DispatcherTest {

    private static final int SEEDS = Integer.getInteger("sluice.dispatch.seeds", 300);

    @Test
    void whateverComesInWhicheverOrderCreditAndLimitsHoldAndNobodyWaitsForWhatIsKnown() {
        int given = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var world =
                    new DispatcherWorld(
                            seed,
                            1 + random.nextInt(12),
                            1 + random.nextInt(12),
                            random.nextBoolean() ? 1_000_000 : 1 + random.nextInt(30));
            for (int step = 0; step < 400; step++) {
                world.step();
            }
            world.drain();
            given += world.given;
        }
        System.out.println("seeds=" + SEEDS + " given=" + given);
        assertTrue(given > 50 * SEEDS, "nearly nothing was done: given=" + given);
    }

    /** What was asked for, in order. */
    private static final class Asks implements Dispatcher.Out {
        final List<String> asked = new ArrayList<>();
        final List<List<Grant>> grants = new ArrayList<>();
        int watches;

        @Override
        public void acquire(Source source, List<Grant> given) {
            grants.add(given);
            for (Grant each : given) {
                asked.add(
                        source.partition.partition()
                                + ":"
                                + each.taker().id.getLeastSignificantBits()
                                + "x"
                                + each.messages());
            }
        }

        @Override
        public void watch(Source source, boolean rested) {
            watches++;
        }
    }

    private final Asks asks = new Asks();
    private final Dispatcher dispatcher = new Dispatcher(asks);

    private Source source(int partition, long ready) {
        var source = new Source(new TopicPartition("t", partition));
        dispatcher.open(source, ready);
        return source;
    }

    private Taker free(int id, int credit) {
        var taker = new Taker(new UUID(0, id), true);
        dispatcher.credit(taker, credit);
        return taker;
    }

    @Test
    void theLeastLoadedIsServedFirstAndOfThoseWhoHasWaitedLongest() {
        dispatcher.configure(100, false);
        Taker loaded = free(1, 1);
        dispatcher.found(loaded, 1);
        free(3, 1);
        free(2, 1);
        source(0, 2);
        dispatcher.run();

        assertEquals(List.of("0:3x1", "0:2x1"), asks.asked);
    }

    @Test
    void messagesAreSpreadEvenlyOverThoseWhoTakeMany() {
        dispatcher.configure(100, false);
        free(1, 10);
        free(2, 10);
        source(0, 6);
        dispatcher.run();

        assertEquals(List.of("0:1x3", "0:2x3"), asks.asked);
    }

    @Test
    void partitionsTakeTurns() {
        dispatcher.configure(100, false);
        Source first = source(0, 50);
        source(1, 50);
        for (int i = 0; i < 4; i++) {
            free(i, 1);
            dispatcher.run();
        }

        assertEquals(List.of("0:0x1", "1:1x1", "0:2x1", "1:3x1"), asks.asked);
        assertTrue(first.asked == 2, first.toString());
    }

    @Test
    void aBatchIsAskedOfOnePartitionRatherThanPieceByPieceOfMany() {
        dispatcher.configure(100, false);
        free(1, 10);
        source(0, 50);
        source(1, 50);
        dispatcher.run();

        assertEquals(List.of("0:1x10"), asks.asked);
    }

    @Test
    void manyWhoAreFreeAreSpreadOverPartitions() {
        dispatcher.configure(1_000, false);
        for (int i = 0; i < 100; i++) {
            free(i, 1);
        }
        source(0, 500);
        source(1, 500);
        dispatcher.run();

        assertEquals(List.of(50, 50), asks.grants.stream().map(List::size).toList());
    }

    @Test
    void nothingIsWatchedWhileNobodyIsFree() {
        dispatcher.configure(100, false);
        source(0, 0);
        source(1, 0);
        dispatcher.run();
        assertEquals(0, asks.watches);

        free(1, 1);
        dispatcher.run();
        assertEquals(2, asks.watches);
    }

    @Test
    void whoGotNothingKeepsTheTurn() {
        dispatcher.configure(100, false);
        Taker first = free(1, 1);
        Source empty = source(0, 1);
        dispatcher.run();
        free(2, 1);
        dispatcher.served(empty, asks.grants.getFirst().getFirst(), 0, true);
        dispatcher.acquired(empty, 0, 0);
        source(1, 1);
        dispatcher.run();

        assertEquals(List.of("0:1x1", "1:1x1"), asks.asked);
        assertEquals(1, first.load());
    }
}
