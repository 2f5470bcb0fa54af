package sluice.consumer.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
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
        final List<String> watched = new ArrayList<>();
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
        public void watch(Source source, boolean rested, int above) {
            watches++;
            watched.add(source.partition.partition() + " above " + above);
        }
    }

    private final Asks asks = new Asks();
    private final Dispatcher dispatcher = new Dispatcher(asks);

    private Source source(int partition, long ready) {
        return source(partition, 4, ready);
    }

    private Source source(int partition, int level, long ready) {
        var source = new Source(new TopicPartition("t", partition));
        dispatcher.open(source, level, ready);
        return source;
    }

    private Taker free(int id, int credit) {
        var taker = new Taker(new UUID(0, id), true);
        dispatcher.credit(taker, credit);
        return taker;
    }

    private long nowNs;

    /** So late that nothing gathers any more. */
    private void runLater() {
        nowNs += Dispatcher.GATHER_NS;
        dispatcher.run(nowNs);
    }

    @Test
    void creditThatComesBackInSmallPiecesGathersWhileARequestIsUnderWayButNotForLong() {
        dispatcher.configure(100, false, false);
        source(0, 50);
        free(1, 3);
        runLater();
        free(2, 1);
        dispatcher.run(nowNs);
        free(3, 1);
        dispatcher.run(nowNs + Dispatcher.GATHER_NS - 1);

        assertEquals(List.of("0:1x3"), asks.asked);
        assertEquals(OptionalLong.of(nowNs + Dispatcher.GATHER_NS), dispatcher.nextNs());
        runLater();
        assertEquals(List.of("0:1x3", "0:2x1", "0:3x1"), asks.asked);
        assertEquals(OptionalLong.empty(), dispatcher.nextNs());
    }

    @Test
    void asMuchCreditAsIsWorthARequestLeavesAtOnce() {
        dispatcher.configure(100, false, false);
        source(0, 50);
        free(1, 3);
        runLater();
        free(2, 16);
        dispatcher.run(nowNs);

        assertEquals(List.of("0:1x3", "0:2x16"), asks.asked);
    }

    @Test
    void allThatAPartitionHasIsAskedForAtOnceHoweverLittleItIs() {
        dispatcher.configure(100, false, false);
        source(0, 1);
        free(1, 1);
        runLater();
        source(1, 1);
        free(2, 1);
        dispatcher.run(nowNs);

        assertEquals(List.of("0:1x1", "1:2x1"), asks.asked);
    }

    @Test
    void smallCreditLeavesAtOnceWhenNothingIsUnderWay() {
        dispatcher.configure(100, false, false);
        Source source = source(0, 50);
        free(1, 1);
        runLater();
        dispatcher.served(source, asks.grants.getFirst().getFirst(), 1, true);
        dispatcher.acquired(source, 1, 4, 49);
        free(2, 1);
        dispatcher.run(nowNs);

        assertEquals(List.of("0:1x1", "0:2x1"), asks.asked);
    }

    @Test
    void theLeastLoadedIsServedFirstAndOfThoseWhoHasWaitedLongest() {
        dispatcher.configure(100, false, false);
        Taker loaded = free(1, 1);
        dispatcher.found(loaded, 1);
        free(3, 1);
        free(2, 1);
        source(0, 2);
        runLater();

        assertEquals(List.of("0:3x1", "0:2x1"), asks.asked);
    }

    @Test
    void messagesAreSpreadEvenlyOverThoseWhoTakeMany() {
        dispatcher.configure(100, false, false);
        free(1, 10);
        free(2, 10);
        source(0, 6);
        runLater();

        assertEquals(List.of("0:1x3", "0:2x3"), asks.asked);
    }

    @Test
    void partitionsTakeTurns() {
        dispatcher.configure(100, false, false);
        Source first = source(0, 50);
        source(1, 50);
        for (int i = 0; i < 4; i++) {
            free(i, 1);
            runLater();
        }

        assertEquals(List.of("0:0x1", "1:1x1", "0:2x1", "1:3x1"), asks.asked);
        assertTrue(first.asked == 2, first.toString());
    }

    /** How often each of the partitions is asked for one message, of 100; none ever gets fewer. */
    private List<Integer> turns(List<Long> ready) {
        dispatcher.configure(1_000, false, false);
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < ready.size(); i++) {
            sources.add(source(i, ready.get(i)));
        }
        var turns = new ArrayList<>(Collections.nCopies(ready.size(), 0));
        for (int i = 0; i < 100; i++) {
            free(i, 1);
            runLater();
            int asked = Integer.parseInt(asks.asked.getLast().split(":")[0]);
            turns.set(asked, turns.get(asked) + 1);
            dispatcher.served(sources.get(asked), asks.grants.getLast().getFirst(), 1, true);
            dispatcher.acquired(sources.get(asked), 1, 4, ready.get(asked));
        }
        return turns;
    }

    @Test
    void aPartitionThatHasMoreHasItsTurnMoreOften() {
        assertEquals(List.of(58, 21, 21), turns(List.of(150L, 50L, 50L)));
    }

    @Test
    void noPartitionIsLeftOutHoweverMuchAnotherHas() {
        var ready = new ArrayList<>(Collections.nCopies(20, 5L));
        ready.set(7, 1_000_000_000L);

        List<Integer> turns = turns(ready);

        assertTrue(turns.get(7) >= 40, turns::toString);
        assertTrue(Collections.min(turns) >= 1, turns::toString);
    }

    @Test
    void whoHadNothingHasNoTurnsLeftOverFromThen() {
        dispatcher.configure(1_000, false, false);
        Source busy = source(0, 1_000);
        for (int i = 0; i < 50; i++) {
            free(i, 1);
            runLater();
            dispatcher.served(busy, asks.grants.getLast().getFirst(), 1, true);
            dispatcher.acquired(busy, 1, 4, 1_000);
        }
        source(1, 1_000);
        asks.asked.clear();
        for (int i = 100; i < 104; i++) {
            free(i, 1);
            runLater();
        }

        assertEquals(List.of("1:100x1", "0:101x1", "1:102x1", "0:103x1"), asks.asked);
    }

    @Test
    void aBatchIsAskedOfOnePartitionRatherThanPieceByPieceOfMany() {
        dispatcher.configure(100, false, false);
        free(1, 10);
        source(0, 50);
        source(1, 50);
        runLater();

        assertEquals(List.of("0:1x10"), asks.asked);
    }

    @Test
    void manyWhoAreFreeAreSpreadOverPartitions() {
        dispatcher.configure(1_000, false, false);
        for (int i = 0; i < 100; i++) {
            free(i, 1);
        }
        source(0, 500);
        source(1, 500);
        runLater();

        assertEquals(List.of(50, 50), asks.grants.stream().map(List::size).toList());
    }

    @Test
    void nothingIsWatchedWhileNobodyIsFree() {
        dispatcher.configure(100, false, false);
        source(0, 0);
        source(1, 0);
        runLater();
        assertEquals(0, asks.watches);

        free(1, 1);
        runLater();
        assertEquals(2, asks.watches);
    }

    @Test
    void whoGotNothingKeepsTheTurn() {
        dispatcher.configure(100, false, false);
        Taker first = free(1, 1);
        Source empty = source(0, 1);
        runLater();
        free(2, 1);
        dispatcher.served(empty, asks.grants.getFirst().getFirst(), 0, true);
        dispatcher.acquired(empty, 0, 4, 0);
        source(1, 1);
        runLater();

        assertEquals(List.of("0:1x1", "1:1x1"), asks.asked);
        assertEquals(1, first.load());
    }

    @Test
    void thePartitionWithTheHighestPriorityIsAskedFirstForNoMoreThanItHasOfIt() {
        dispatcher.configure(100, false, true);
        source(0, 3, 50);
        source(1, 8, 2);
        source(2, 5, 50);
        free(1, 4);
        runLater();

        assertEquals(List.of("1:1x2", "2:1x2"), asks.asked);
    }

    @Test
    void whenTheHighestPriorityOfAPartitionFallsOthersAreAskedFirst() {
        dispatcher.configure(100, false, true);
        Source first = source(0, 8, 1);
        source(1, 5, 9);
        free(1, 1);
        runLater();
        dispatcher.served(first, asks.grants.getFirst().getFirst(), 1, false);
        dispatcher.acquired(first, 1, 2, 40);
        free(2, 1);
        runLater();
        dispatcher.hinted(first, 6, 1);
        free(3, 1);
        runLater();

        assertEquals(List.of("0:1x1", "1:2x1", "0:3x1"), asks.asked);
    }

    @Test
    void ofPartitionsThatNobodyAsksARiseIsToldAlsoWhileNobodyIsFree() {
        dispatcher.configure(100, false, true);
        source(0, 3, 50);
        Source other = source(1, 8, 50);
        runLater();
        dispatcher.watched(other, 9, 1);
        runLater();

        assertEquals(List.of("0 above 3", "1 above 8"), asks.watched);
    }

    @Test
    void withoutPrioritiesWhatIsKnownIsNotWatched() {
        dispatcher.configure(100, false, false);
        source(0, 4, 50);
        source(1, 4, 50);
        free(1, 1);
        runLater();

        assertEquals(0, asks.watches);
    }
}
