package sluice.examples.quarkus;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
import javax.sql.DataSource;
import sluice.client.inbox.Inbox;
import sluice.client.inbox.InboxSchema;
import sluice.client.outbox.Outbox;
import sluice.client.outbox.OutboxSchema;
import sluice.client.produce.ProducerRecord;
import sluice.client.stream.ConsumerRecord;

/** Orders in the application's database, and what is told of them, in the same transactions. */
@ApplicationScoped
class Orders {

    static final String TOPIC = "orders";

    private final DataSource database;
    private final Outbox outbox = new Outbox();
    private final Inbox inbox = new Inbox("billing");

    Orders(DataSource database) {
        this.database = database;
    }

    /** For the example alone: an application has these statements in its migrations. */
    void createTables() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS orders (customer VARCHAR(100), text VARCHAR(1000))");
            statement.execute("CREATE TABLE IF NOT EXISTS invoices (record VARCHAR(300))");
            OutboxSchema.create(connection);
            InboxSchema.create(connection);
        }
    }

    /** Stores an order and tells of it: both, or neither. */
    @Transactional
    void place(String customer, String text) throws SQLException {
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?)")) {
            insert.setString(1, customer);
            insert.setString(2, text);
            insert.executeUpdate();
            outbox.add(connection, ProducerRecord.of(TOPIC, customer, text));
        }
    }

    /** Books an order that was read: once, however often it comes. */
    @Transactional
    void bill(ConsumerRecord order) throws SQLException {
        try (var connection = database.getConnection()) {
            inbox.once(
                    connection,
                    order.id(),
                    () -> {
                        try (var insert =
                                connection.prepareStatement("INSERT INTO invoices VALUES (?)")) {
                            insert.setString(1, order.id());
                            insert.executeUpdate();
                        }
                    });
        }
    }

    long count(String table) throws SQLException {
        try (var connection = database.getConnection();
                var query = connection.prepareStatement("SELECT COUNT(*) FROM " + table);
                var found = query.executeQuery()) {
            found.next();
            return found.getLong(1);
        }
    }
}
