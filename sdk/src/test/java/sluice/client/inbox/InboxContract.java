package sluice.client.inbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.client.database.CrashingDatabase;
import sluice.client.database.CrashingDatabase.Crash;
import sluice.client.database.TestDatabase;

/** What an inbox promises, on any database. */
abstract class InboxContract {

    private static final int MESSAGES = 3;

    private final Inbox inbox = new Inbox("billing");
    private TestDatabase database;

    abstract TestDatabase database();

    @BeforeEach
    void open() throws SQLException {
        database = database();
        database.change(InboxSchema::create);
        database.execute("CREATE TABLE effects (message VARCHAR(100))");
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    private void effect(Connection connection, String message) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO effects VALUES (?)")) {
            insert.setString(1, message);
            insert.executeUpdate();
        }
    }

    private List<Object> effects() throws SQLException {
        return database.query("SELECT message FROM effects ORDER BY message");
    }

    @Test
    void aMessageThatComesAgainIsSkipped() throws SQLException {
        database.change(c -> assertTrue(inbox.once(c, "m1", () -> effect(c, "m1"))));
        database.change(c -> assertFalse(inbox.once(c, "m1", () -> effect(c, "m1"))));

        assertEquals(List.of("m1"), effects());
    }

    @Test
    void aTransactionGoesOnAfterASkippedMessage() throws SQLException {
        database.change(c -> inbox.once(c, "m1", () -> effect(c, "m1")));
        database.change(c -> {
            effect(c, "before");
            inbox.once(c, "m1", () -> effect(c, "m1"));
            inbox.once(c, "m2", () -> effect(c, "m2"));
        });

        assertEquals(List.of("before", "m1", "m2"), effects());
    }

    @Test
    void eachConsumerHandlesAMessageForItself() throws SQLException {
        database.change(c -> inbox.once(c, "m1", () -> effect(c, "billing")));
        database.change(c -> new Inbox("mail").once(c, "m1", () -> effect(c, "mail")));

        assertEquals(List.of("billing", "mail"), effects());
    }

    @Test
    void aHandlerThatThrowsIsRunAgain() throws SQLException {
        assertThrows(
                SQLException.class,
                () ->
                        database.change(c ->
                                inbox.once(
                                        c,
                                        "m1",
                                        () -> {
                                            effect(c, "m1");
                                            throw new SQLException("the handler failed");
                                        })));
        database.change(c -> assertTrue(inbox.once(c, "m1", () -> effect(c, "m1"))));

        assertEquals(List.of("m1"), effects());
    }

    /** The offset is committed after the database, so whatever dies in between is read again. */
    @Test
    void whereverAHandlerDiesEachMessageHasItsEffectOnce() throws SQLException {
        int point = 0;
        for (boolean ended = false; !ended; point++) {
            database.execute("DELETE FROM effects");
            database.execute("DELETE FROM sluice_inbox");
            var crash = new CrashAt(point);
            int committedOffset = 0;
            for (boolean handled = false; !handled; ) {
                var source = CrashingDatabase.of(database.dataSource(), crash);
                try {
                    for (int offset = committedOffset; offset < MESSAGES; offset++) {
                        handle(source, "m" + offset, crash);
                        crash.pass("before the offset is committed");
                        committedOffset = offset + 1;
                        crash.pass("after the offset is committed");
                    }
                    handled = true;
                    ended = crash.died == 0;
                } catch (Crash died) {
                    // Another process reads on from the committed offset.
                }
            }
            assertEquals(List.of("m0", "m1", "m2"), effects(), "crash at point=" + point);
        }
        assertTrue(point > 15, "the run had points to die at: points=" + point);
    }

    private void handle(javax.sql.DataSource source, String message, CrashAt crash)
            throws SQLException {
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(false);
            crash.pass("begun");
            inbox.once(
                    connection,
                    message,
                    () -> {
                        crash.pass("claimed");
                        effect(connection, message);
                        crash.pass("done");
                    });
            connection.commit();
        } finally {
            connection.rollback(); // What the server does when the connection of a process ends.
            connection.setAutoCommit(true);
            connection.close();
        }
    }

    private static final class CrashAt implements CrashingDatabase.Faults {
        private final int point;
        private int passed;
        private int died;

        CrashAt(int point) {
            this.point = point;
        }

        void pass(String where) {
            if (passed++ == point) {
                died++;
                throw new Crash(where);
            }
        }

        @Override
        public void beforeCommit() {
            pass("before commit");
        }

        @Override
        public void afterCommit() {
            pass("after commit");
        }
    }

    @Test
    void ofTwoHandlersAtOnceOneWaitsAndSkips() throws Exception {
        CompletableFuture<Boolean> second;
        try (var first = database.dataSource().getConnection()) {
            first.setAutoCommit(false);
            assertTrue(inbox.once(first, "m1", () -> effect(first, "m1")));
            second = new CompletableFuture<>();
            var thread =
                    new Thread(() -> {
                        try {
                            database.change(c ->
                                    second.complete(inbox.once(c, "m1", () -> effect(c, "m1"))));
                        } catch (SQLException e) {
                            second.completeExceptionally(e);
                        }
                    });
            thread.start();
            // It waits in the database for the first; whether it got there yet changes nothing.
            while (thread.getState() == Thread.State.NEW) {
                Thread.onSpinWait();
            }
            first.commit();
            thread.join();
            first.setAutoCommit(true);
        }
        assertFalse(second.get());
        assertEquals(List.of("m1"), effects());
    }

    @Test
    void oldIdsAreForgottenAndYoungOnesKept() throws SQLException {
        database.change(c -> inbox.once(c, "old", () -> {}));
        database.execute(
                "UPDATE sluice_inbox SET handled_at = CURRENT_TIMESTAMP - INTERVAL '8' DAY");
        database.change(c -> inbox.once(c, "young", () -> {}));

        database.change(c -> assertEquals(1, inbox.prune(c, Duration.ofDays(7))));

        assertEquals(List.of("young"), database.query("SELECT message_id FROM sluice_inbox"));
    }

    @Test
    void aConnectionWithoutATransactionIsRefused() throws SQLException {
        try (var connection = database.dataSource().getConnection()) {
            assertThrows(SQLException.class, () -> inbox.once(connection, "m1", () -> {}));
        }
    }
}
