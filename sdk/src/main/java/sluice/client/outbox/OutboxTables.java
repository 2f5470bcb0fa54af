package sluice.client.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import sluice.client.outbox.FixedBatch.Position;
import sluice.client.outbox.FixedBatch.Stream;

/**
 * The outbox's tables as the relay uses them. Each method is one transaction on a connection of its
 * own; if it throws, it is not known whether the transaction was committed.
 *
 * <p>A lane is leased by raising its fence. Whatever is changed under a fence locks the lane's row
 * and compares first, so a relay that was taken for dead changes nothing. Time is the database's.
 */
final class OutboxTables {

    private final DataSource database;
    private final String relay;
    private final int leaseSeconds;
    private final int rowsMax;
    private final int bytesMax;

    OutboxTables(DataSource database, String relay, int leaseSeconds, int rowsMax, int bytesMax) {
        this.database = database;
        this.relay = relay;
        this.leaseSeconds = leaseSeconds;
        this.rowsMax = rowsMax;
        this.bytesMax = bytesMax;
    }

    /** A lease on a lane, good while the lane's fence is this one. */
    record Lease(int lane, long fence) {}

    /**
     * What a lane has to do.
     *
     * @param round what is being sent; empty if nothing is
     * @param rows those of the round that are still there; without a round, the next that wait
     */
    record Opened(OptionalLong producerId, Optional<Round> round, List<OutboxRow> rows) {}

    /**
     * Takes a lane that has something to do and that nobody holds.
     *
     * @param from lanes are tried in turn from this one on
     */
    Optional<Lease> claim(int from) throws SQLException {
        return transaction(connection -> {
            List<Integer> lanes = lanesToServe(connection);
            for (int i = 0; i < OutboxSchema.LANES; i++) {
                int lane = Math.floorMod(from + i, OutboxSchema.LANES);
                if (lanes.contains(lane)) {
                    Optional<Lease> lease = claimLane(connection, lane);
                    if (lease.isPresent()) {
                        return lease;
                    }
                }
            }
            return Optional.empty();
        });
    }

    private static List<Integer> lanesToServe(Connection connection) throws SQLException {
        try (var query =
                        connection.prepareStatement(
                                "SELECT l.lane FROM sluice_outbox_lane l"
                                        + " WHERE (l.leased_until IS NULL OR l.leased_until < CURRENT_TIMESTAMP)"
                                        + " AND (l.round IS NOT NULL OR EXISTS"
                                        + " (SELECT 1 FROM sluice_outbox o WHERE o.lane = l.lane))");
                var found = query.executeQuery()) {
            var lanes = new ArrayList<Integer>();
            while (found.next()) {
                lanes.add(found.getInt(1));
            }
            return lanes;
        }
    }

    private Optional<Lease> claimLane(Connection connection, int lane) throws SQLException {
        long fence;
        try (var query =
                connection.prepareStatement(
                        "SELECT fence FROM sluice_outbox_lane WHERE lane = ?"
                                + " AND (leased_until IS NULL OR leased_until < CURRENT_TIMESTAMP)"
                                + " FOR UPDATE SKIP LOCKED")) {
            query.setInt(1, lane);
            try (var found = query.executeQuery()) {
                if (!found.next()) {
                    return Optional.empty();
                }
                fence = found.getLong(1) + 1;
            }
        }
        try (var update =
                connection.prepareStatement(
                        "UPDATE sluice_outbox_lane SET fence = ?, relay = ?, leased_until ="
                                + " CURRENT_TIMESTAMP + CAST(? AS INTEGER) * INTERVAL '1' SECOND"
                                + " WHERE lane = ?")) {
            update.setLong(1, fence);
            update.setString(2, relay);
            update.setInt(3, leaseSeconds);
            update.setInt(4, lane);
            update.executeUpdate();
        }
        return Optional.of(new Lease(lane, fence));
    }

    /**
     * Reads what the lane has to do, and extends the lease.
     *
     * @return empty if the lease is lost
     */
    Optional<Opened> open(Lease lease) throws SQLException {
        return held(
                lease,
                (connection, lane) -> {
                    extend(connection, lease);
                    Optional<Round> round = Optional.ofNullable(lane.round()).map(Round::decode);
                    List<OutboxRow> rows =
                            round.isPresent()
                                    ? OutboxRows.of(connection, lease.lane(), round.get())
                                    : OutboxRows.next(connection, lease.lane(), rowsMax, bytesMax);
                    return new Opened(lane.producerId(), round, rows);
                });
    }

    /** Extends the lease. Returns false if it is lost. */
    boolean extend(Lease lease) throws SQLException {
        return held(
                        lease,
                        (connection, lane) -> {
                            extend(connection, lease);
                            return true;
                        })
                .isPresent();
    }

    /** Gives the lane back, unless the lease is lost. */
    void release(Lease lease) throws SQLException {
        held(
                lease,
                (connection, lane) -> {
                    try (var update =
                            connection.prepareStatement(
                                    "UPDATE sluice_outbox_lane SET leased_until = NULL WHERE lane = ?")) {
                        update.setInt(1, lease.lane());
                        return update.executeUpdate();
                    }
                });
    }

    /**
     * Fixes the sequence of rows, before any of them is sent, and sets others aside.
     *
     * @param producerId for partitions in which the lane has not sent anything yet
     * @return empty if the lease is lost, or a round is there already: then nothing was changed
     */
    Optional<Boolean> fix(
            Lease lease,
            long producerId,
            Map<Stream, List<OutboxRow>> streams,
            Map<Long, Sent.Refused> refused)
            throws SQLException {
        return held(
                lease,
                (connection, lane) -> {
                    if (lane.round() != null) {
                        return false; // It was fixed by this relay, which was not told.
                    }
                    OutboxRows.setAside(connection, refused);
                    Round round = null;
                    if (!streams.isEmpty()) {
                        var positions = new java.util.HashMap<Stream, Position>();
                        for (Stream stream : streams.keySet()) {
                            positions.put(
                                    stream,
                                    position(connection, lease.lane(), stream)
                                            .orElse(Position.first(producerId)));
                        }
                        round = RoundPlan.fix(streams, positions::get);
                    }
                    store(connection, lease, round, OptionalLong.of(producerId));
                    return true;
                });
    }

    /**
     * Ends a round: deletes what the log has, sets aside what it refuses, and stores what was fixed
     * anew in its place.
     *
     * @return empty if the lease is lost, or another round is there: then nothing was changed
     */
    Optional<Boolean> settle(
            Lease lease, Round ended, RoundPlan.Settlement settlement, OptionalLong producerId)
            throws SQLException {
        return held(
                lease,
                (connection, lane) -> {
                    byte[] stored = lane.round();
                    if (stored == null || !Round.decode(stored).equals(ended)) {
                        return false; // It was settled by this relay, which was not told.
                    }
                    OutboxRows.delete(connection, "sluice_outbox", settlement.appended());
                    OutboxRows.setAside(connection, settlement.refused());
                    Round next = settlement.next().isEmpty() ? null : new Round(settlement.next());
                    store(connection, lease, next, producerId);
                    return true;
                });
    }

    private static void store(
            Connection connection, Lease lease, @Nullable Round round, OptionalLong producerId)
            throws SQLException {
        if (round != null) {
            for (FixedBatch batch : round.batches()) {
                store(connection, lease.lane(), batch);
            }
        }
        try (var update =
                connection.prepareStatement(
                        "UPDATE sluice_outbox_lane SET round = ?, producer_id = COALESCE(?, producer_id)"
                                + " WHERE lane = ?")) {
            update.setBytes(1, round == null ? null : round.encode());
            if (producerId.isPresent()) {
                update.setLong(2, producerId.getAsLong());
            } else {
                update.setNull(2, java.sql.Types.BIGINT);
            }
            update.setInt(3, lease.lane());
            update.executeUpdate();
        }
    }

    private static void store(Connection connection, int lane, FixedBatch batch)
            throws SQLException {
        for (String sql :
                List.of(
                        "UPDATE sluice_outbox_sequence SET producer_id = ?, epoch = ?, next_sequence = ?"
                                + " WHERE lane = ? AND topic = ? AND partition_no = ?",
                        "INSERT INTO sluice_outbox_sequence"
                                + " (producer_id, epoch, next_sequence, lane, topic, partition_no)"
                                + " VALUES (?, ?, ?, ?, ?, ?)")) {
            try (var change = connection.prepareStatement(sql)) {
                change.setLong(1, batch.producerId());
                change.setShort(2, batch.epoch());
                change.setInt(3, batch.nextSequence());
                change.setInt(4, lane);
                change.setString(5, batch.topic());
                change.setInt(6, batch.partition());
                if (change.executeUpdate() == 1) {
                    return;
                }
            }
        }
    }

    private static Optional<Position> position(Connection connection, int lane, Stream stream)
            throws SQLException {
        try (var query =
                connection.prepareStatement(
                        "SELECT producer_id, epoch, next_sequence FROM sluice_outbox_sequence"
                                + " WHERE lane = ? AND topic = ? AND partition_no = ?")) {
            query.setInt(1, lane);
            query.setString(2, stream.topic());
            query.setInt(3, stream.partition());
            try (var found = query.executeQuery()) {
                return found.next()
                        ? Optional.of(
                                new Position(found.getLong(1), found.getShort(2), found.getInt(3)))
                        : Optional.empty();
            }
        }
    }

    private void extend(Connection connection, Lease lease) throws SQLException {
        try (var update =
                connection.prepareStatement(
                        "UPDATE sluice_outbox_lane SET leased_until ="
                                + " CURRENT_TIMESTAMP + CAST(? AS INTEGER) * INTERVAL '1' SECOND"
                                + " WHERE lane = ?")) {
            update.setInt(1, leaseSeconds);
            update.setInt(2, lease.lane());
            update.executeUpdate();
        }
    }

    private record LaneRow(OptionalLong producerId, byte @Nullable [] round) {}

    /** Runs {@code work} while the lane's row is locked and its fence is the lease's. */
    private <T> Optional<T> held(Lease lease, HeldWork<T> work) throws SQLException {
        return transaction(connection -> {
            try (var query =
                    connection.prepareStatement(
                            "SELECT fence, producer_id, round FROM sluice_outbox_lane"
                                    + " WHERE lane = ? FOR UPDATE")) {
                query.setInt(1, lease.lane());
                LaneRow lane;
                try (var found = query.executeQuery()) {
                    if (!found.next() || found.getLong(1) != lease.fence()) {
                        return Optional.empty();
                    }
                    long producerId = found.getLong(2);
                    lane =
                            new LaneRow(
                                    found.wasNull()
                                            ? OptionalLong.empty()
                                            : OptionalLong.of(producerId),
                                    found.getBytes(3));
                }
                return Optional.of(work.apply(connection, lane));
            }
        });
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean committed = false;
            try {
                T result = work.apply(connection);
                connection.commit();
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    rollback(connection);
                }
                // Pools take it for granted that a connection comes back as it was handed out.
                connection.setAutoCommit(true);
            }
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is broken; the database ends its transaction by itself.
        }
    }

    private interface Work<T> {
        T apply(Connection connection) throws SQLException;
    }

    private interface HeldWork<T> {
        T apply(Connection connection, LaneRow lane) throws SQLException;
    }
}
