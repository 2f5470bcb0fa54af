package sluice.client.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.sql.DataSource;
import sluice.client.database.TestDatabase;

/** An outbox with its log, and the promise: each row once, those of a key in their order. */
final class OutboxWorld {

    static final String TOPIC = "orders";

    final TestDatabase database;
    final FakeLog log;
    private final Map<String, List<String>> written = new HashMap<>();

    OutboxWorld(TestDatabase database, FakeLog log) throws SQLException {
        this.database = database;
        this.log = log.topic(TOPIC, 3);
        database.change(OutboxSchema::create);
    }

    /** A relay that begins to look at this lane, and takes rows in small rounds. */
    LaneTurn relay(DataSource source, OutboxLog toLog, int firstLane) {
        return new LaneTurn(
                new OutboxTables(source, "relay", 30, 10, 10_000),
                toLog,
                OutboxWorld::partition,
                new OutboxCounts(),
                firstLane);
    }

    LaneTurn relay() {
        return relay(database.dataSource(), log, 0);
    }

    static int partition(byte[] key, int partitions) {
        return Math.floorMod(java.util.Arrays.hashCode(key), partitions);
    }

    /** Rows {@code key-0}, {@code key-1}, … of each key, in one transaction. */
    void write(int rowsOfEach, String... keys) throws SQLException {
        database.change(connection -> {
            for (int i = 0; i < rowsOfEach; i++) {
                for (String key : keys) {
                    var values = written.computeIfAbsent(key, k -> new ArrayList<>());
                    String value = key + "-" + values.size();
                    values.add(value);
                    add(connection, key, value);
                }
            }
        });
    }

    static void add(java.sql.Connection connection, String key, String value) throws SQLException {
        Outbox.add(
                connection,
                TOPIC,
                OptionalInt.empty(),
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                List.of(),
                1_767_225_600_000L);
    }

    /** As if the lease of every relay had ended. */
    void endLeases() throws SQLException {
        database.execute(
                "UPDATE sluice_outbox_lane SET leased_until = CURRENT_TIMESTAMP - INTERVAL '1' SECOND"
                        + " WHERE leased_until IS NOT NULL");
    }

    /** Steps until there is nothing left to do. */
    static void runToEnd(LaneTurn relay) {
        for (int step = 0; relay.step() != LaneTurn.Progress.NOTHING; step++) {
            if (step > 10_000) {
                throw new IllegalStateException("the relay finds no end");
            }
        }
    }

    void assertEachRowOnceAndInOrder(String message) throws SQLException {
        assertEquals(List.of(), database.query("SELECT id FROM sluice_outbox"), message);
        assertEquals(List.of(), database.query("SELECT id FROM sluice_outbox_refused"), message);
        assertLogHasAllInOrder(message);
    }

    void assertLogHasAllInOrder(String message) {
        for (var each : written.entrySet()) {
            int partition = partition(each.getKey().getBytes(StandardCharsets.UTF_8), 3);
            var found =
                    log.values(TOPIC, partition).stream()
                            .filter(value -> value.startsWith(each.getKey() + "-"))
                            .toList();
            assertEquals(each.getValue(), found, message);
        }
        int rows = written.values().stream().mapToInt(List::size).sum();
        assertEquals(rows, log.values().size(), message);
    }
}
