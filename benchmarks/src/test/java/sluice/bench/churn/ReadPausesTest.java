package sluice.bench.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import sluice.bench.churn.ReadTimes.Pause;

/** Which pause counts as what. */
class ReadPausesTest {

    private static final long CHURN_MS = 10_000;

    private long offset;

    /** Reads every ten milliseconds, from one moment up to before the other. */
    private void reads(Story story, String member, int partition, long fromMs, long toMs) {
        for (long ms = fromMs; ms < toMs; ms += 10) {
            story.at(ms).handled(member, partition, offset, ++offset);
        }
    }

    private static List<Long> lengths(List<Pause> pauses) {
        return pauses.stream().map(pause -> pause.length().toMillis()).toList();
    }

    private static ReadTimes times(Story story, long endMs) {
        return ReadPauses.of(story.told(0, CHURN_MS, endMs), Map.of());
    }

    @Test
    void peaceIsCutIntoTwoSecondsEach() {
        var story = new Story();
        reads(story, "ann", 0, 0, 3_000);
        reads(story, "ann", 0, 3_200, CHURN_MS + 10);

        assertEquals(
                List.of(10L, 210L, 10L, 10L, 10L), lengths(times(story, CHURN_MS + 10).calm()));
    }

    @Test
    void partitionThatStaysIsMeasuredFromTheMomentOfAnothersMove() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).joining("bob");
        reads(story, "ann", 0, 11_050, 12_000);
        reads(story, "ann", 0, 12_300, 20_000);

        assertEquals(List.of(310L), lengths(times(story, 20_000).kept()));
    }

    @Test
    void pauseThatLastsToTheEndCounts() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).joining("bob");

        assertEquals(List.of(9_010L), lengths(times(story, 20_000).kept()));
    }

    @Test
    void partitionThatMovesIsNotKept() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).joining("bob");
        reads(story, "bob", 0, 11_140, 20_000);

        ReadTimes times = times(story, 20_000);
        assertEquals(List.of(), times.kept());
        assertEquals(List.of(150L), lengths(times.handedOver()));
    }

    @Test
    void partitionThatMovedJustBeforeIsNotKept() {
        var story = new Story();
        reads(story, "ann", 0, 0, 10_500);
        reads(story, "bob", 0, 10_500, 11_000);
        story.at(11_000).joining("cid");
        reads(story, "bob", 0, 11_500, 13_000);
        story.at(13_000).joining("dan");
        reads(story, "bob", 0, 13_040, 20_000);

        assertEquals(List.of(50L), lengths(times(story, 20_000).kept()));
    }

    @Test
    void deathCountsFromTheKill() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_005).killed("ann");
        reads(story, "bob", 0, 11_305, 20_000);

        ReadTimes times = times(story, 20_000);
        assertEquals(List.of(300L), lengths(times.afterKill()));
        assertEquals(List.of(), times.handedOver());
        assertEquals(0, times.unread());
    }

    @Test
    void silenceCountsFromTheStop() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).stopped("ann");
        reads(story, "bob", 0, 18_000, 20_000);

        assertEquals(List.of(7_000L), lengths(times(story, 20_000).afterSilence()));
    }

    @Test
    void handOverWhileSomebodyIsSilentIsToldApart() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(10_500).stopped("cid").at(15_000).woken("cid");
        reads(story, "bob", 0, 14_990, 16_000);
        reads(story, "ann", 0, 16_090, 20_000);

        ReadTimes times = times(story, 20_000);
        assertEquals(List.of(4_000L), lengths(times.handedOverInSilence()));
        assertEquals(List.of(100L), lengths(times.handedOver()));
    }

    @Test
    void whatANoticedDeathDoesToOthersCountsWhenItIsNoticed() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        reads(story, "cid", 1, 0, 17_000);
        story.at(11_000).stopped("ann");
        reads(story, "bob", 0, 18_000, 20_000);
        reads(story, "cid", 1, 18_000, 20_000);

        assertEquals(List.of(10L, 1_010L), lengths(times(story, 20_000).kept()));
    }

    @Test
    void partitionThatNobodyReadsAgainCountsUntilTheEnd() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).killed("ann");

        ReadTimes times = times(story, 20_000);
        assertEquals(List.of(9_000L), lengths(times.afterKill()));
        assertEquals(1, times.unread());
    }

    @Test
    void whatAPlainReaderWaitedForIsNoPauseOfTheGroup() {
        var story = new Story();
        reads(story, "ann", 0, 0, 11_000);
        story.at(11_000).joining("bob");
        reads(story, "ann", 0, 11_200, 20_000);
        var plain = new TreeSet<Long>();
        for (long ms = 0; ms < 20_000; ms += 10) {
            if (ms < 11_020 || ms >= 11_170) {
                plain.add(ms * 1_000_000);
            }
        }

        Pause kept =
                ReadPauses.of(story.told(0, CHURN_MS, 20_000), Map.of(0, plain)).kept().getFirst();
        assertEquals(210, kept.length().toMillis());
        assertEquals(160, kept.plain().toMillis());
        assertEquals(Duration.ofMillis(50), kept.beyondPlain());
    }
}
