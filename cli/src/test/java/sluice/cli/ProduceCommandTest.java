package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.cli.twin.CommandRun;
import sluice.cli.twin.Fault;
import sluice.cli.twin.GatewayTwin;
import sluice.cli.twin.TwinLog;
import sluice.log.batch.LogRecord;
import sluice.log.batch.Partitioner;

/** What goes wrong here tends to wait for ever, so every test has a time. */
@Timeout(60)
class ProduceCommandTest extends CommandWorld {

    private static final int PARTITIONS = 4;

    @TempDir private Path folder = Path.of("");

    ProduceCommandTest() {
        super(PARTITIONS);
    }

    @BeforeEach
    void linesAreSpreadFromNothing() {
        assertEquals(List.of(), log.allValues());
    }

    private CommandRun produce(String input, String... options) {
        List<String> args = new ArrayList<>(List.of("produce", GatewayTwin.TOPIC));
        args.addAll(List.of("--gateway", gateway.address().toString()));
        args.addAll(Arrays.asList(options));
        return CommandRun.withInput(input, args.toArray(String[]::new));
    }

    private static String numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "line " + number + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void aLineIsARecordWithItsBytesAsTheyAre() {
        CommandRun run = produce("plain\nwith return\r\n\n\u00ff\u0000\t\nunended", "--key", "k");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                List.of("plain", "with return\r", "", "\u00ff\u0000\t", "unended"),
                log.values(Partitioner.forKey(bytes("k"), PARTITIONS)));
        assertTrue(run.err().startsWith("5 records, "), run.err());
    }

    @Test
    void linesWithoutAKeyAreSpreadEvenly() {
        CommandRun run = produce(numbered(10_000), "--batch", "1k");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(10_000, log.allValues().size());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int share = log.values(partition).size();
            assertTrue(
                    share > 1_500 && share < 3_500, "partition=" + partition + " share=" + share);
        }
    }

    @Test
    void aKeyGoesWhereKafkaWouldPutIt() {
        CommandRun run = produce("a\t1\nb\t2\nc\t3\na\t4\n", "--key-field", "1");

        assertEquals(0, run.exitCode(), run.err());
        for (String key : List.of("a", "b", "c")) {
            int partition = Partitioner.forKey(bytes(key), PARTITIONS);
            assertTrue(
                    log.values(partition).stream().anyMatch(line -> line.startsWith(key)),
                    "key=" + key);
        }
        assertTrue(log.allValues().indexOf("a\t1") < log.allValues().indexOf("a\t4"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void faultsLoseDoubleAndReorderNothing(long seed) throws IOException {
        gateway.failAtRandom(new Random(seed), 0.3);
        try (var other = new GatewayTwin(log)) {
            other.failAtRandom(new Random(~seed), 0.3);
            var keys = new Random(seed);
            StringBuilder input = new StringBuilder();
            for (int number = 0; number < 5_000; number++) {
                input.append("key")
                        .append(keys.nextInt(40))
                        .append('\t')
                        .append(number)
                        .append('\n');
            }

            CommandRun run =
                    produce(
                            input.toString(),
                            "--gateway",
                            other.address().toString(),
                            "--key-field",
                            "1",
                            "--batch",
                            "512",
                            "--linger",
                            "1ms");

            assertEquals(0, run.exitCode(), "seed=" + seed + " " + run.err());
            assertEquals(
                    input.toString().lines().sorted().toList(),
                    log.allValues().stream().sorted().toList(),
                    "seed=" + seed);
            assertKeysInOrder(seed);
            int faults = gateway.faultsMet() + other.faultsMet();
            assertTrue(faults > 5, "the run met faults: seed=" + seed + " faults=" + faults);
            assertTrue(log.duplicates() > 0, "lost answers were met: seed=" + seed);
        }
    }

    private void assertKeysInOrder(long seed) {
        Map<String, Integer> last = new HashMap<>();
        for (String line : log.allValues()) {
            String key = line.substring(0, line.indexOf('\t'));
            int number = Integer.parseInt(line.substring(line.indexOf('\t') + 1));
            Integer before = last.put(key, number);
            assertTrue(
                    before == null || before < number,
                    "seed=%d key=%s before=%s after=%d".formatted(seed, key, before, number));
        }
    }

    @Test
    void aConnectionLostAfterTheAppendDoublesNothing() {
        gateway.failNext(Fault.LOST_AFTER);

        CommandRun run = produce("once\n");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(List.of("once"), log.allValues());
        assertEquals(1, log.duplicates());
        assertTrue(run.err().contains("1 retries"), run.err());
    }

    @Test
    void aRefusalStopsWithItsWordsAndExitCode1() {
        gateway.failNext(Fault.REFUSED);

        CommandRun run = produce("bad\n");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("error: A batch was damaged: /v1/topics/orders"), run.err());
        assertTrue(run.err().contains("what to do: Send it again."), run.err());
        assertTrue(run.err().contains("0 of 1 records read were acknowledged"), run.err());
        assertEquals(List.of(), log.allValues());
    }

    @Test
    void withoutAnAnswerInTimeTheOutcomeIsUnknown() {
        gateway.failNext(Fault.LOST_AFTER);

        CommandRun run = produce("perhaps\n", "--timeout", "0s");

        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("it may have been done"), run.err());
        assertEquals(List.of("perhaps"), log.allValues());
    }

    @Test
    void aGatewayThatIsNotThereIsToldAndNothingIsDone() throws IOException {
        String nobody = "http://localhost:" + freePort();

        CommandRun run =
                CommandRun.withInput(
                        "x\n", "produce", "orders", "--gateway", nobody, "--timeout", "10ms");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("cannot connect to " + nobody), run.err());
        assertTrue(run.err().contains("what to do: start a cluster"), run.err());
    }

    @Test
    void theNextGatewayIsAskedWhenTheFirstIsGone() throws IOException {
        String gateways = "localhost:" + freePort() + "," + gateway.address();

        CommandRun run = CommandRun.withInput("x\n", "produce", "orders", "--gateway", gateways);

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(List.of("x"), log.allValues());
    }

    @Test
    void acks0SendsNoSequenceAndIsNotRepeatedAfterALostConnection() {
        gateway.failNext(Fault.LOST_AFTER);

        CommandRun run = produce("maybe\n", "--acks", "0");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(List.of("maybe"), log.allValues());
        assertTrue(gateway.requests().stream().noneMatch(call -> call.contains("/v1/producers")));
    }

    @Test
    void entriesOfAnArchiveAreKeyedByTheirPath() throws IOException {
        Path zip = folder.resolve("src.zip");
        try (var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("java.base/A.java", "java.base/notes.txt", "b/B.java")) {
                out.putNextEntry(new java.util.zip.ZipEntry(name));
                out.write(bytes("first of " + name + "\nsecond\n"));
            }
        }

        CommandRun run = produce("", zip.toString(), "--include", "*.java", "--key-path");

        assertEquals(0, run.exitCode(), run.err());
        List<String> keysAndValues = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (LogRecord record : log.records(partition)) {
                keysAndValues.add(TwinLog.text(record.key()) + "=" + TwinLog.text(record.value()));
            }
        }
        assertEquals(
                List.of(
                        "b/B.java=first of b/B.java",
                        "b/B.java=second",
                        "java.base/A.java=first of java.base/A.java",
                        "java.base/A.java=second"),
                keysAndValues.stream().sorted().toList());
    }

    @Test
    void aLineWithoutItsKeyIsNamedAndWhatCameBeforeIsSent() {
        CommandRun run = produce("{\"id\":1}\n{\"no\":2}\n", "--key-field", "id", "--json");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("Line without a key: stdin, line 2"), run.err());
        assertEquals(List.of("{\"id\":1}"), log.allValues());
    }

    @Test
    void aLineWithoutItsKeyIsSentWithoutOneWhereThatIsAllowed() {
        CommandRun run = produce("{\"no\":2}\n", "--key-field", "id", "--json", "--key-optional");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(List.of("{\"no\":2}"), log.allValues());
    }

    @Test
    void recordsLargerThanABatchTravelAlone() {
        String large = "x".repeat(5_000);

        CommandRun run = produce("a\n" + large + "\nb\n", "--batch", "1k", "--key", "k");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                List.of("a", large, "b"), log.values(Partitioner.forKey(bytes("k"), PARTITIONS)));
    }

    @Test
    void anUnknownTopicSaysWhatToDo() {
        CommandRun run =
                CommandRun.withInput(
                        "x\n", "produce", "nowhere", "--gateway", gateway.address().toString());

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("error: There is no such topic"), run.err());
        assertTrue(run.err().contains("what to do: Create it with PUT."), run.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--acks two",
                "--batch many",
                "--linger soon",
                "--compression zstd",
                "--key-field name",
                "--key a --key-path",
                "--json",
                "--gateway ftp://x",
                "--nonsense"
            })
    void whatCannotBeMeantIsAUsageError(String options) {
        CommandRun run = produce("x\n", options.split(" "));

        assertEquals(2, run.exitCode(), run.err());
        assertEquals(List.of(), log.allValues());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
