package sluice.client.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.client.database.CrashingDatabase;
import sluice.client.database.CrashingDatabase.Crash;
import sluice.client.database.TestDatabase;

/** What an outbox promises, on any database. */
abstract class OutboxContract {

    private static final String[] KEYS = {"ann", "bob", "cem", "dee", "eve", "fay"};

    private TestDatabase database;
    private FakeLog log;
    private OutboxWorld world;

    abstract TestDatabase database();

    /** How many random runs this database is worth. */
    abstract int seeds();

    @BeforeEach
    void open() throws SQLException {
        database = database();
        log = new FakeLog();
        world = new OutboxWorld(database, log);
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    @Test
    void rowsOfCommittedTransactionsAreSentInTheOrderOfTheirKeys() throws SQLException {
        world.write(20, KEYS);

        OutboxWorld.runToEnd(world.relay());

        world.assertEachRowOnceAndInOrder("");
    }

    @Test
    void aTransactionThatIsRolledBackSendsNothing() throws SQLException {
        try (var connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            OutboxWorld.add(connection, "ann", "never");
            connection.rollback();
            connection.setAutoCommit(true);
        }

        OutboxWorld.runToEnd(world.relay());

        assertEquals(List.of(), log.values());
    }

    @Test
    void aConnectionWithoutATransactionIsRefused() throws SQLException {
        try (var connection = database.dataSource().getConnection()) {
            assertThrows(SQLException.class, () -> OutboxWorld.add(connection, "ann", "x"));
        }
    }

    @Test
    void theTablesCanBeMadeTwice() throws SQLException {
        world.write(1, "ann");
        database.change(OutboxSchema::create);

        OutboxWorld.runToEnd(world.relay());

        world.assertEachRowOnceAndInOrder("");
    }

    @Test
    void headersTimeAndNullsAreKept() throws SQLException {
        var rows = new ArrayList<OutboxRow>();
        var keeping =
                new FakeLog() {
                    @Override
                    public CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> sent) {
                        rows.addAll(sent);
                        return CompletableFuture.completedFuture(new Sent.Appended());
                    }
                }.topic(OutboxWorld.TOPIC, 3);
        var header = new java.util.AbstractMap.SimpleEntry<>("source", new byte[] {1, 2});
        database.change(connection ->
                Outbox.add(
                        connection,
                        OutboxWorld.TOPIC,
                        OptionalInt.of(2),
                        null,
                        null,
                        List.of(header, new java.util.AbstractMap.SimpleEntry<>("none", null)),
                        42));

        OutboxWorld.runToEnd(world.relay(database.dataSource(), keeping, 0));

        assertEquals(1, rows.size());
        var row = rows.get(0);
        assertEquals(OptionalInt.of(2), row.partition());
        assertEquals(42, row.timestampMs());
        assertEquals(null, row.key());
        assertEquals(null, row.value());
        var headers = OutboxHeaders.decode(row.headers());
        assertEquals(List.of("source", "none"), headers.stream().map(h -> h.getKey()).toList());
        assertEquals(List.of(1, 2), List.of((int) headers.get(0).getValue()[0], 2));
        assertEquals(null, headers.get(1).getValue());
    }

    /**
     * Before and after each durable write, and with each attempt lost before and after it counted.
     */
    @Test
    void whereverARelayDiesAnotherGoesOnAndEachRowIsSentOnce() throws SQLException {
        int points = 0;
        boolean ended = false;
        while (!ended) {
            var here = new OutboxWorld(freshTables(), new FakeLog());
            here.write(7, "ann", "bob");
            var crash = new CrashAt(points);
            var dying = crash.relay(here);
            try {
                OutboxWorld.runToEnd(dying);
                ended = true;
            } catch (Crash died) {
                here.endLeases();
                here.write(3, "ann", "eve");
                OutboxWorld.runToEnd(here.relay());
            }
            here.assertEachRowOnceAndInOrder("crash at point=" + points);
            points++;
        }
        assertTrue(points > 20, "the run had points to die at: points=" + points);
    }

    private TestDatabase freshTables() throws SQLException {
        for (String table : List.of("", "_refused", "_lane", "_sequence")) {
            database.execute("DROP TABLE sluice_outbox" + table);
        }
        return database;
    }

    /** Counts commits and attempts; the process dies at one of them. */
    private static final class CrashAt implements CrashingDatabase.Faults {
        private final int point;
        private int passed;

        CrashAt(int point) {
            this.point = point;
        }

        LaneTurn relay(OutboxWorld world) {
            OutboxLog dying =
                    new OutboxLog() {
                        @Override
                        public long newProducerId() {
                            pass("producer");
                            return world.log.newProducerId();
                        }

                        @Override
                        public int partitionCount(String topic) throws UnknownTopic {
                            return world.log.partitionCount(topic);
                        }

                        @Override
                        public CompletableFuture<Sent> append(
                                FixedBatch batch, List<OutboxRow> rows) {
                            pass("before append");
                            var sent = world.log.append(batch, rows);
                            pass("after append");
                            return sent;
                        }
                    };
            return world.relay(CrashingDatabase.of(world.database.dataSource(), this), dying, 0);
        }

        @Override
        public void beforeCommit() {
            pass("before commit");
        }

        @Override
        public void afterCommit() {
            pass("after commit");
        }

        private void pass(String where) {
            if (passed++ == point) {
                throw new Crash(where);
            }
        }
    }

    /**
     * Three relays whose steps are mixed at random; commits whose outcome is not told, attempts
     * without an answer that may arrive much later, leases that end while their holders live.
     */
    @Test
    void whateverHappensToSeveralRelaysEachRowIsSentOnce() throws SQLException {
        int late = 0;
        int duplicates = 0;
        for (int seed = 1; seed <= seeds(); seed++) {
            var here = new OutboxWorld(freshTables(), new FakeLog());
            var run = new OutboxRandomRun(here, new SplittableRandom(seed));
            run.run(KEYS);
            here.assertEachRowOnceAndInOrder("seed=" + seed);
            late += run.lateArrivals();
            duplicates += here.log.duplicates();
        }
        assertTrue(late > 0 && duplicates > 0, "late=" + late + " duplicates=" + duplicates);
    }

    @Test
    void aLostTailOfTheLogBeginsTheSequenceAnew() throws SQLException {
        world.write(3, "ann");
        OutboxWorld.runToEnd(world.relay());
        log.forgetLastBatch(
                OutboxWorld.TOPIC,
                OutboxWorld.partition("ann".getBytes(StandardCharsets.UTF_8), 3));
        world.write(25, "ann");

        OutboxWorld.runToEnd(world.relay());

        world.assertEachRowOnceAndInOrder("");
    }

    @Test
    void aFencedProducerIdIsReplaced() throws SQLException {
        world.write(3, "ann");
        OutboxWorld.runToEnd(world.relay());
        log.fence(
                OutboxWorld.TOPIC,
                OutboxWorld.partition("ann".getBytes(StandardCharsets.UTF_8), 3));
        world.write(3, "ann");

        OutboxWorld.runToEnd(world.relay());

        world.assertEachRowOnceAndInOrder("");
        assertEquals(
                1,
                database.query(
                                "SELECT DISTINCT producer_id FROM sluice_outbox_sequence WHERE producer_id > 1000")
                        .size());
    }

    @Test
    void aRefusedRowIsSetAsideAloneAndCanBeTriedAgain() throws SQLException {
        world.write(9, "ann");
        log.refuse("ann-4");

        OutboxWorld.runToEnd(world.relay());

        assertEquals(List.of(), database.query("SELECT id FROM sluice_outbox"));
        assertEquals(
                List.of("record-too-large: a record is too large"),
                database.query("SELECT reason FROM sluice_outbox_refused"));
        assertEquals(8, log.values().size());
        assertEquals(8, new HashSet<>(log.values()).size());

        log.takeAgain("ann-4");
        database.change(connection -> assertEquals(1, new Outbox().retryRefused(connection)));
        OutboxWorld.runToEnd(world.relay());

        assertEquals("ann-4", log.values().get(8));
        assertEquals(List.of(), database.query("SELECT id FROM sluice_outbox_refused"));
    }

    @Test
    void rowsOfAnUnknownTopicWaitAsideAndHoldUpNothing() throws SQLException {
        database.change(connection ->
                Outbox.add(
                        connection,
                        "misspelt",
                        OptionalInt.empty(),
                        null,
                        new byte[1],
                        List.of(),
                        0));
        database.change(connection ->
                Outbox.add(
                        connection,
                        OutboxWorld.TOPIC,
                        OptionalInt.of(3),
                        null,
                        new byte[1],
                        List.of(),
                        0));
        world.write(2, KEYS);

        OutboxWorld.runToEnd(world.relay());

        world.assertLogHasAllInOrder("");
        var reasons = database.query("SELECT reason FROM sluice_outbox_refused ORDER BY id");
        assertTrue(reasons.get(0).toString().startsWith("unknown-topic: "), reasons::toString);
        assertTrue(
                reasons.get(1).toString().startsWith("partition-out-of-range: "),
                reasons::toString);
    }

    @Test
    void aRowThatWasDeletedWhileItsBatchWasSentTakesNothingElseWithIt() throws SQLException {
        world.write(4, "ann");
        var relay = world.relay(database.dataSource(), new SilentLog(log), 0);
        while (database.query("SELECT round FROM sluice_outbox_lane WHERE round IS NOT NULL")
                .isEmpty()) {
            relay.step();
        }
        database.execute(
                "DELETE FROM sluice_outbox WHERE id IN (SELECT MIN(id) FROM sluice_outbox)");
        world.endLeases();

        OutboxWorld.runToEnd(world.relay());

        assertEquals(List.of("ann-1", "ann-2", "ann-3"), log.values());
    }

    @Test
    void aRelayWithoutALogKeepsItsLaneAndLosesNothing() throws SQLException {
        world.write(4, "ann");
        var relay = world.relay(database.dataSource(), new SilentLog(log), 0);
        for (int step = 0; step < 20; step++) {
            relay.step();
        }
        assertEquals(LaneTurn.Progress.NOTHING, world.relay().step());
        relay.stop();

        OutboxWorld.runToEnd(world.relay());

        world.assertEachRowOnceAndInOrder("");
    }

    /** Never says what became of an attempt, and appends nothing. */
    private static final class SilentLog extends FakeLog {
        SilentLog(FakeLog log) {
            topic(OutboxWorld.TOPIC, 3);
        }

        @Override
        public CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> rows) {
            return CompletableFuture.completedFuture(new Sent.Again("no answer"));
        }
    }

    @Test
    void relaysOnThreadsOfTheirOwnShareTheWork() throws Exception {
        var settings =
                new OutboxRelay.Settings(
                        database.dataSource(),
                        log,
                        OutboxWorld::partition,
                        "relay",
                        2,
                        Duration.ofMillis(10),
                        Duration.ofSeconds(30),
                        20,
                        100_000);
        try (var one = OutboxRelay.start(settings);
                var other = OutboxRelay.start(settings)) {
            for (int i = 0; i < 20; i++) {
                world.write(5, KEYS);
                one.wake();
            }
            long endNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (one.stats().relayed() + other.stats().relayed() < 20 * 5 * KEYS.length
                    && System.nanoTime() < endNs) {
                Thread.onSpinWait();
            }
        }
        world.assertEachRowOnceAndInOrder("");
    }
}
