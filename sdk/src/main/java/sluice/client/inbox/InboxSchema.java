package sluice.client.inbox;

import java.sql.Connection;
import java.sql.SQLException;

/** The inbox's table; an application puts this text into its own migrations. */
public final class InboxSchema {

    /** The statements for PostgreSQL and H2 alike, each ended by a semicolon. */
    public static final String DDL =
            """
            CREATE TABLE IF NOT EXISTS sluice_inbox (
                consumer VARCHAR(200) NOT NULL,
                message_id VARCHAR(500) NOT NULL,
                handled_at TIMESTAMP WITH TIME ZONE NOT NULL,
                PRIMARY KEY (consumer, message_id)
            );
            CREATE INDEX IF NOT EXISTS sluice_inbox_by_age ON sluice_inbox (handled_at);
            """;

    private InboxSchema() {}

    /** Makes the table if it is not there, in the connection's transaction if it has one. */
    public static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String each : DDL.split(";\\s*")) {
                statement.execute(each);
            }
        }
    }
}
