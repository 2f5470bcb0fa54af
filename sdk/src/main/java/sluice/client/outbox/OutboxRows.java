package sluice.client.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The rows that wait, read and removed within the caller's transaction. */
final class OutboxRows {

    private static final String COLUMNS =
            "id, topic, partition_no, record_key, record_value, headers, timestamp_ms";

    private static final int FETCHED_AT_ONCE = 50;

    private static final int REASON_LENGTH_MAX = 1000;

    private OutboxRows() {}

    /**
     * The rows of a lane that wait longest.
     *
     * @param bytesMax no more rows once they are that large together; one comes in any case
     */
    static List<OutboxRow> next(Connection connection, int lane, int rowsMax, int bytesMax)
            throws SQLException {
        try (var query =
                connection.prepareStatement(
                        "SELECT "
                                + COLUMNS
                                + " FROM sluice_outbox WHERE lane = ? ORDER BY id FETCH FIRST "
                                + rowsMax
                                + " ROWS ONLY")) {
            query.setInt(1, lane);
            query.setFetchSize(FETCHED_AT_ONCE);
            return rows(query, Set.of(), bytesMax);
        }
    }

    /** The rows of a round that are still there. */
    static List<OutboxRow> of(Connection connection, int lane, Round round) throws SQLException {
        var ids = new HashSet<>(round.rows());
        try (var query =
                connection.prepareStatement(
                        "SELECT "
                                + COLUMNS
                                + " FROM sluice_outbox WHERE lane = ? AND id BETWEEN ? AND ? ORDER BY id")) {
            query.setInt(1, lane);
            query.setLong(2, ids.stream().mapToLong(Long::longValue).min().orElseThrow());
            query.setLong(3, ids.stream().mapToLong(Long::longValue).max().orElseThrow());
            query.setFetchSize(FETCHED_AT_ONCE);
            return rows(query, ids, Integer.MAX_VALUE);
        }
    }

    /**
     * @param only ids of interest; none for all
     */
    private static List<OutboxRow> rows(PreparedStatement query, Set<Long> only, int bytesMax)
            throws SQLException {
        var rows = new ArrayList<OutboxRow>();
        long bytes = 0;
        try (var found = query.executeQuery()) {
            while (bytes < bytesMax && found.next()) {
                if (only.isEmpty() || only.contains(found.getLong(1))) {
                    OutboxRow row = row(found);
                    bytes += row.bytes();
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static OutboxRow row(ResultSet found) throws SQLException {
        int partition = found.getInt(3);
        boolean chosen = !found.wasNull();
        return new OutboxRow(
                found.getLong(1),
                found.getString(2),
                chosen ? OptionalInt.of(partition) : OptionalInt.empty(),
                found.getBytes(4),
                found.getBytes(5),
                found.getBytes(6),
                found.getLong(7));
    }

    /** Moves rows to where they wait for somebody's decision. */
    static void setAside(Connection connection, Map<Long, Sent.Refused> refused)
            throws SQLException {
        if (refused.isEmpty()) {
            return;
        }
        try (var insert =
                connection.prepareStatement(
                        "INSERT INTO sluice_outbox_refused SELECT id, lane, topic, partition_no,"
                                + " record_key, record_value, headers, timestamp_ms,"
                                + " CAST(? AS VARCHAR(1000)), CURRENT_TIMESTAMP"
                                + " FROM sluice_outbox WHERE id = ?")) {
            for (var each : refused.entrySet()) {
                String reason = each.getValue().code() + ": " + each.getValue().reason();
                insert.setString(
                        1, reason.substring(0, Math.min(reason.length(), REASON_LENGTH_MAX)));
                insert.setLong(2, each.getKey());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        delete(connection, "sluice_outbox", refused.keySet());
    }

    static void delete(Connection connection, String table, Iterable<Long> ids)
            throws SQLException {
        try (var delete = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
            for (long id : ids) {
                delete.setLong(1, id);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
