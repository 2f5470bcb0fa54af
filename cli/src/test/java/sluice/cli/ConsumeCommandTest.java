package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.twin.CommandRun;
import sluice.cli.twin.Fault;
import sluice.cli.twin.GatewayTwin;

/** What goes wrong here tends to wait for ever, so every test has a time. */
@Timeout(60)
class ConsumeCommandTest extends CommandWorld {

    private static final long NOON_MS = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    ConsumeCommandTest() {
        super(3);
    }

    private String[] args(String... options) {
        List<String> args = new ArrayList<>(List.of("consume", GatewayTwin.TOPIC));
        args.addAll(List.of("--gateway", gateway.address().toString()));
        args.addAll(Arrays.asList(options));
        return args.toArray(String[]::new);
    }

    private CommandRun consume(String... options) {
        return CommandRun.of(args(options));
    }

    @Test
    void everyRecordOfEveryPartitionIsPrintedInItsOrder() {
        log.append(0, NOON_MS, "a", "b");
        log.append(0, NOON_MS, "c");
        log.append(2, NOON_MS, "x", "y");

        CommandRun run = consume();

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(List.of("a", "b", "c", "x", "y"), run.lines().stream().sorted().toList());
        assertEquals(
                List.of("a", "b", "c"),
                run.lines().stream().filter(line -> line.compareTo("m") < 0).toList());
        assertTrue(run.err().startsWith("5 records, "), run.err());
    }

    @Test
    void anOffsetWithinABatchBeginsThere() {
        log.append(1, NOON_MS, "a", "b", "c");

        CommandRun run = consume("--partition", "1", "--from", "1", "--format", "offsets");

        assertEquals(
                List.of(
                        "1\t1\t" + (NOON_MS + 1000) + "\t-1\t1",
                        "1\t2\t" + (NOON_MS + 2000) + "\t-1\t1"),
                run.lines());
    }

    @Test
    void aTimeWithinABatchBeginsThere() {
        log.append(1, NOON_MS, "a", "b", "c");
        log.append(1, NOON_MS - 60_000, "late");

        CommandRun run = consume("--from", "2026-03-01T12:00:01Z");

        assertEquals(List.of("b", "c", "late"), run.lines());
    }

    @Test
    void aTimeAfterTheLastRecordPrintsNothing() {
        log.append(1, NOON_MS, "a");

        CommandRun run = consume("--from", "2027-01-01T00:00:00Z");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.out());
    }

    @Test
    void latestWithoutFollowPrintsNothing() {
        log.append(0, NOON_MS, "a");

        assertEquals("", consume("--from", "latest").out());
    }

    @Test
    void maxIsExactOverAllPartitions() {
        for (int partition = 0; partition < 3; partition++) {
            log.append(partition, NOON_MS, "a", "b", "c", "d");
        }

        assertEquals(7, consume("--max", "7").lines().size());
        assertEquals(12, consume("--max", "100").lines().size());
    }

    @Test
    void keysAndValuesArePartedByTheDelimiter() {
        CommandRun produced =
                CommandRun.withInput(
                        "v\n",
                        "produce",
                        "orders",
                        "--key",
                        "k",
                        "--gateway",
                        gateway.address().toString());
        assertEquals(0, produced.exitCode(), produced.err());

        assertEquals("k\tv\n", consume("--format", "key-value").out());
        assertEquals("k=v\n", consume("--format", "key-value", "--delimiter", "=").out());
    }

    @Test
    void jsonShowsTextAsTextAndBytesInBase64() {
        log.append(0, NOON_MS, "say \"hé\"");

        CommandRun run = consume("--format", "json");

        assertEquals(
                "{\"partition\":0,\"offset\":0,\"timestamp\":%d,\"key\":null,\"value\":\"say \\\"h\u00c3\u00a9\\\"\"}\n"
                        .formatted(NOON_MS),
                run.out());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void faultsSkipAndRepeatNothing(long seed) throws IOException {
        List<String> written = new ArrayList<>();
        var random = new Random(seed);
        for (int number = 0; number < 400; number++) {
            String[] values =
                    IntStream.range(0, 1 + random.nextInt(20))
                            .mapToObj(at -> "%040d".formatted(written.size() + at))
                            .toArray(String[]::new);
            log.append(random.nextInt(3), NOON_MS, values);
            written.addAll(Arrays.asList(values));
        }
        gateway.failAtRandom(new Random(seed), 0.5);
        try (var other = new GatewayTwin(log)) {
            other.failAtRandom(new Random(~seed), 0.5);

            CommandRun run = consume("--gateway", other.address().toString());

            assertEquals(0, run.exitCode(), "seed=" + seed + " " + run.err());
            assertEquals(written, run.lines().stream().sorted().toList(), "seed=" + seed);
            assertTrue(gateway.faultsMet() + other.faultsMet() > 0, "seed=" + seed);
        }
    }

    @Test
    void followPrintsWhatComesUntilItsMaximum() throws Exception {
        log.append(0, NOON_MS, "old");
        var firstLine = new CountDownLatch(1);
        var out =
                new ByteArrayOutputStream() {
                    @Override
                    public synchronized void write(byte[] bytes, int from, int count) {
                        super.write(bytes, from, count);
                        firstLine.countDown();
                    }
                };

        var exitCode =
                CompletableFuture.supplyAsync(
                        () -> Main.run(terminal(out), args("--follow", "--max", "3")));
        assertTrue(firstLine.await(30, TimeUnit.SECONDS), "the old record comes at once");
        log.append(1, NOON_MS, "new");
        log.append(0, NOON_MS, "newer");

        assertEquals(0, exitCode.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("new", "newer", "old"), out.toString().lines().sorted().toList());
    }

    @Test
    void recordsThatComeAfterTheStartAreNotReadWithoutFollow() {
        log.append(0, NOON_MS, "before");
        gateway.answer(
                "GET /v1/topics/orders",
                200,
                "{\"partitions\":[{\"partition\":0,\"highWatermark\":1}]}");
        log.append(0, NOON_MS, "after");

        assertEquals(List.of("before"), consume().lines());
    }

    @Test
    void whatComesBetweenTheStartAndTheFirstAnswerIsNotSkippedFromLatest() {
        log.append(0, NOON_MS, "before");
        gateway.answer(
                "GET /v1/topics/orders",
                200,
                "{\"partitions\":[{\"partition\":0,\"highWatermark\":1}]}");
        log.append(0, NOON_MS, "between");

        assertEquals(
                List.of("between"), consume("--from", "latest", "--follow", "--max", "1").lines());
    }

    @Test
    void aClosedPipeIsACleanEnd() {
        log.append(0, NOON_MS, "a");
        var closed =
                new OutputStream() {
                    @Override
                    public void write(int single) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };

        assertEquals(0, Main.run(terminal(closed), args()));
    }

    @Test
    void aFullDiskIsNotACleanEnd() {
        log.append(0, NOON_MS, "a");
        var full =
                new OutputStream() {
                    @Override
                    public void write(int single) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };

        assertEquals(1, Main.run(terminal(full), args()));
    }

    @Test
    void damagedRecordsAreAnErrorAndNotPrinted() {
        log.append(0, NOON_MS, "a");
        log.damage(0);

        CommandRun run = consume();

        assertEquals(1, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().contains("Records not as they were written"), run.err());
    }

    @Test
    void aGapIsAnErrorAndNotSkipped() {
        log.append(0, NOON_MS, "a");
        log.append(0, NOON_MS, "b");
        log.append(0, NOON_MS, "c");
        log.lose(0, 1);

        CommandRun run = consume();

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("expected a batch at offset 1, found one at 2"), run.err());
    }

    @Test
    void aRefusalIsTold() {
        log.append(0, NOON_MS, "a");
        gateway.failNext(Fault.REFUSED);

        CommandRun run = consume();

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("error: A batch was damaged"), run.err());
    }

    @Test
    void aPartitionThatIsNotThereIsTold() {
        CommandRun run = consume("--partition", "3");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("has 3 partitions"), run.err());
    }

    @Test
    void aPlaceThatCannotBeMeantSaysWhatCan() {
        CommandRun run = consume("--from", "yesterday");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("--from '2h ago'"), run.err());
    }

    @Test
    void aSpanAgoIsATime() {
        long nowMs = System.currentTimeMillis();
        log.append(0, nowMs - Duration.ofHours(3).toMillis(), "old");
        log.append(0, nowMs, "new");

        assertEquals(List.of("new"), consume("--from", "2h ago").lines());
    }

    private static Terminal terminal(OutputStream out) {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]),
                out,
                new PrintStream(OutputStream.nullOutputStream()),
                false);
    }
}
