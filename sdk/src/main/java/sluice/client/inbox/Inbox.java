package sluice.client.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;

/**
 * Skips messages that were handled before. The id of a message is stored in the handler's own
 * transaction, so that id and effect are in the database together or not at all:
 *
 * <pre>
 *                      insert id           run action         commit
 *   not handled ─────▶ claimed ──────────▶ done ────────────▶ handled
 *        ▲                │ id is there:       │ it throws, or
 *        │                ▼ skip               │ the process dies
 *        └─────────────────────────────────────┘ (the database rolls back)
 * </pre>
 *
 * <p>If another transaction has inserted the same id and not ended, {@link #once} waits for its
 * end.
 *
 * <pre>{@code
 * var inbox = new Inbox("billing");
 * connection.setAutoCommit(false);
 * inbox.once(connection, record.id(), () -> bookInvoice(connection, record));
 * connection.commit(); // then commit the record's offset
 * }</pre>
 */
public final class Inbox {

    /** Class 23 of SQL's states is "integrity constraint violation". */
    private static final String NOT_UNIQUE = "23";

    private static final int ID_LENGTH_MAX = 500;
    private static final int CONSUMER_LENGTH_MAX = 200;

    private final String consumer;

    /**
     * @param consumer whose messages these are: handlers of different names each handle a message
     */
    public Inbox(String consumer) {
        if (consumer.isEmpty() || consumer.length() > CONSUMER_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a consumer's name has 1 to %d characters: length=%d"
                            .formatted(CONSUMER_LENGTH_MAX, consumer.length()));
        }
        this.consumer = consumer;
    }

    /** Changes the database on the connection that it was given to {@link #once} with. */
    @FunctionalInterface
    public interface Action<E extends Exception> {
        void run() throws E;
    }

    /**
     * Runs {@code action} unless a transaction that committed has run it for this id.
     *
     * <p>If it throws, roll the transaction back and let the message come again.
     *
     * @param connection with a transaction of the caller, who commits it
     * @param messageId the same each time the message comes, and of no other message
     * @return whether it was run
     * @throws SQLException if the database failed; nothing is known then but that nothing was
     *     committed
     */
    public <E extends Exception> boolean once(
            Connection connection, String messageId, Action<E> action) throws SQLException, E {
        if (connection.getAutoCommit()) {
            throw new SQLException(
                    "the connection commits each statement by itself, so the id and the action would not be one transaction: autoCommit=true expected=false");
        }
        if (messageId.isEmpty() || messageId.length() > ID_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a message's id has 1 to %d characters: length=%d"
                            .formatted(ID_LENGTH_MAX, messageId.length()));
        }
        if (!claim(connection, messageId)) {
            return false;
        }
        action.run();
        return true;
    }

    private boolean claim(Connection connection, String messageId) throws SQLException {
        // PostgreSQL lets a transaction go on after a failed statement only from a savepoint.
        Savepoint before = connection.setSavepoint();
        try (var insert =
                connection.prepareStatement(
                        "INSERT INTO sluice_inbox (consumer, message_id, handled_at)"
                                + " VALUES (?, ?, CURRENT_TIMESTAMP)")) {
            insert.setString(1, consumer);
            insert.setString(2, messageId);
            insert.executeUpdate();
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() == null || !e.getSQLState().startsWith(NOT_UNIQUE)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    /**
     * Deletes ids that were stored longer ago than that. A message that comes again later is
     * handled again, so keep them for longer than messages can be repeated: for the retention of
     * the topic to be sure, some days as a rule.
     *
     * @return how many were deleted
     */
    public int prune(Connection connection, Duration olderThan) throws SQLException {
        try (var delete =
                connection.prepareStatement(
                        "DELETE FROM sluice_inbox WHERE consumer = ? AND handled_at <"
                                + " CURRENT_TIMESTAMP - CAST(? AS INTEGER) * INTERVAL '1' SECOND")) {
            delete.setString(1, consumer);
            delete.setLong(2, Math.min(Integer.MAX_VALUE, olderThan.toSeconds()));
            return delete.executeUpdate();
        }
    }
}
