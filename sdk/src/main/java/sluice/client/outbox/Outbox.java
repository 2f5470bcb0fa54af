package sluice.client.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import sluice.client.produce.ProducerRecord;
import sluice.client.time.Clock;
import sluice.client.time.SystemClock;

/**
 * Writes records into the application's own transaction, for an {@link OutboxRelay} to send. If the
 * transaction is rolled back, nothing is sent.
 *
 * <p>Records of one key are sent in the order in which they were added. Of two transactions at the
 * same time, that is the order of their calls of {@link #add}; if both change the same row, change
 * it first, and the row's lock puts the calls in the order of the commits.
 *
 * <pre>{@code
 * connection.setAutoCommit(false);
 * insertOrder(connection, order);
 * outbox.add(connection, ProducerRecord.of("orders", order.customer(), order.toJson()));
 * connection.commit();
 * }</pre>
 */
public final class Outbox {

    private final Clock clock = new SystemClock();

    /**
     * Adds a record to the connection's transaction.
     *
     * @throws SQLException if the connection has no transaction ({@code autoCommit}), or the
     *     database refuses
     */
    public void add(Connection connection, ProducerRecord record) throws SQLException {
        add(
                connection,
                record.topic(),
                record.partition(),
                record.key(),
                record.value(),
                record.headers().stream()
                        .map(header ->
                                new AbstractMap.SimpleImmutableEntry<>(
                                        header.name(), header.value()))
                        .toList(),
                record.timestampMs().orElseGet(clock::wallMs));
    }

    static void add(
            Connection connection,
            String topic,
            OptionalInt partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<? extends Map.Entry<String, byte @Nullable []>> headers,
            long timestampMs)
            throws SQLException {
        if (connection.getAutoCommit()) {
            throw new SQLException(
                    "the connection commits each statement by itself, so the record would not be part of a transaction: autoCommit=true expected=false");
        }
        try (var insert =
                connection.prepareStatement(
                        "INSERT INTO sluice_outbox (lane, topic, partition_no, record_key,"
                                + " record_value, headers, timestamp_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setInt(1, lane(topic, partition, key));
            insert.setString(2, topic);
            if (partition.isPresent()) {
                insert.setInt(3, partition.getAsInt());
            } else {
                insert.setNull(3, Types.INTEGER);
            }
            insert.setBytes(4, key);
            insert.setBytes(5, value);
            insert.setBytes(6, OutboxHeaders.encode(headers));
            insert.setLong(7, timestampMs);
            insert.executeUpdate();
        }
    }

    /**
     * Puts what the log refused back into the outbox, behind all that waits now.
     *
     * @return how many rows
     */
    public int retryRefused(Connection connection) throws SQLException {
        var ids = new ArrayList<Long>();
        try (var query =
                        connection.prepareStatement(
                                "SELECT id FROM sluice_outbox_refused ORDER BY id FOR UPDATE");
                var found = query.executeQuery()) {
            while (found.next()) {
                ids.add(found.getLong(1));
            }
        }
        try (var insert =
                connection.prepareStatement(
                        "INSERT INTO sluice_outbox (lane, topic, partition_no, record_key,"
                                + " record_value, headers, timestamp_ms)"
                                + " SELECT lane, topic, partition_no, record_key, record_value, headers,"
                                + " timestamp_ms FROM sluice_outbox_refused WHERE id = ?")) {
            for (long id : ids) {
                insert.setLong(1, id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        OutboxRows.delete(connection, "sluice_outbox_refused", ids);
        return ids.size();
    }

    /**
     * Rows that must keep their order share a lane: those of one key, of one partition if the
     * application chooses it, and those of one topic that have neither.
     */
    static int lane(String topic, OptionalInt partition, byte @Nullable [] key) {
        int hash = topic.hashCode();
        if (partition.isPresent()) {
            hash = 31 * hash + partition.getAsInt();
        } else if (key != null) {
            hash = 31 * hash + Arrays.hashCode(key);
        }
        // The low bits of short keys' hashes are alike.
        return Math.floorMod((hash * 0x9E3779B9) >>> 16, OutboxSchema.LANES);
    }
}
