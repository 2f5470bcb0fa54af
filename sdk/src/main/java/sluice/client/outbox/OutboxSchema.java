package sluice.client.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The outbox's tables. An application puts this text into its own migrations; {@link #create} is
 * for tests and first steps.
 *
 * <ul>
 *   <li>{@code sluice_outbox}: records that wait; a row is deleted when the log has it
 *   <li>{@code sluice_outbox_refused}: rows that the log will not take, with the reason
 *   <li>{@code sluice_outbox_lane}: who relays a lane, under which fence, and the {@link Round}
 *       that is being sent
 *   <li>{@code sluice_outbox_sequence}: how far each lane has got in each partition
 * </ul>
 *
 * <p>The number of lanes is part of the stored rows. It never changes.
 */
public final class OutboxSchema {

    /** A row's lane is a hash of its topic and key below this. */
    static final int LANES = 8;

    /** The statements for PostgreSQL, each ended by a semicolon. */
    public static final String POSTGRESQL = ddl("BYTEA");

    /** The statements for H2. */
    public static final String H2 = ddl("VARBINARY(16777216)");

    private OutboxSchema() {}

    /**
     * Makes the tables that are not there, in the connection's transaction if it has one.
     *
     * @throws SQLException if the database is neither PostgreSQL nor H2, or refuses
     */
    public static void create(Connection connection) throws SQLException {
        execute(connection, statements(connection));
    }

    private static String statements(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        switch (product) {
            case "PostgreSQL":
                return POSTGRESQL;
            case "H2":
                return H2;
            default:
                throw new SQLException(
                        "the outbox has no tables for this database: product="
                                + product
                                + " expected=PostgreSQL or H2");
        }
    }

    private static void execute(Connection connection, String statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : statements.split(";\\s*")) {
                statement.execute(each);
            }
        }
    }

    private static String ddl(String bytes) {
        var text =
                new StringBuilder(
                        """
                        CREATE TABLE IF NOT EXISTS sluice_outbox (
                            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                            lane SMALLINT NOT NULL,
                            topic VARCHAR(249) NOT NULL,
                            partition_no INTEGER,
                            record_key BYTES,
                            record_value BYTES,
                            headers BYTES,
                            timestamp_ms BIGINT NOT NULL
                        );
                        CREATE INDEX IF NOT EXISTS sluice_outbox_by_lane ON sluice_outbox (lane, id);
                        CREATE TABLE IF NOT EXISTS sluice_outbox_refused (
                            id BIGINT PRIMARY KEY,
                            lane SMALLINT NOT NULL,
                            topic VARCHAR(249) NOT NULL,
                            partition_no INTEGER,
                            record_key BYTES,
                            record_value BYTES,
                            headers BYTES,
                            timestamp_ms BIGINT NOT NULL,
                            reason VARCHAR(1000) NOT NULL,
                            refused_at TIMESTAMP WITH TIME ZONE NOT NULL
                        );
                        CREATE TABLE IF NOT EXISTS sluice_outbox_lane (
                            lane SMALLINT PRIMARY KEY,
                            fence BIGINT NOT NULL,
                            leased_until TIMESTAMP WITH TIME ZONE,
                            relay VARCHAR(200),
                            producer_id BIGINT,
                            round BYTES
                        );
                        CREATE TABLE IF NOT EXISTS sluice_outbox_sequence (
                            lane SMALLINT NOT NULL,
                            topic VARCHAR(249) NOT NULL,
                            partition_no INTEGER NOT NULL,
                            producer_id BIGINT NOT NULL,
                            epoch SMALLINT NOT NULL,
                            next_sequence INTEGER NOT NULL,
                            PRIMARY KEY (lane, topic, partition_no)
                        );
                        """
                                .replace("BYTES", bytes));
        for (int lane = 0; lane < LANES; lane++) {
            text.append(
                    """
                    INSERT INTO sluice_outbox_lane (lane, fence)
                        SELECT %1$d, 0 WHERE NOT EXISTS (SELECT 1 FROM sluice_outbox_lane WHERE lane = %1$d);
                    """
                            .formatted(lane));
        }
        return text.toString();
    }
}
