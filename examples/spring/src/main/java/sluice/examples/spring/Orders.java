package sluice.examples.spring;

import java.sql.Connection;
import java.util.Objects;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import sluice.client.inbox.Inbox;
import sluice.client.inbox.InboxSchema;
import sluice.client.outbox.Outbox;
import sluice.client.outbox.OutboxSchema;
import sluice.client.produce.ProducerRecord;
import sluice.client.stream.ConsumerRecord;

/** Orders in the application's database, and what is told of them, in the same transactions. */
@Service
class Orders {

    private static final String TOPIC = "orders";

    private final JdbcTemplate database;
    private final Outbox outbox = new Outbox();
    private final Inbox inbox = new Inbox("billing");

    /** Makes the tables, for the example alone: an application has them in its migrations. */
    Orders(JdbcTemplate database) {
        this.database = database;
        database.execute(
                "CREATE TABLE IF NOT EXISTS orders (customer VARCHAR(100), text VARCHAR(1000))");
        database.execute("CREATE TABLE IF NOT EXISTS invoices (record VARCHAR(300))");
        database.execute(
                (ConnectionCallback<Boolean>)
                        connection -> {
                            OutboxSchema.create(connection);
                            InboxSchema.create(connection);
                            return true;
                        });
    }

    /** Stores an order and tells of it: both, or neither. */
    @Transactional
    public void place(String customer, String text) {
        database.update("INSERT INTO orders VALUES (?, ?)", customer, text);
        database.execute(
                (ConnectionCallback<Boolean>)
                        connection -> {
                            outbox.add(connection, ProducerRecord.of(TOPIC, customer, text));
                            return true;
                        });
    }

    /** Books an order that was read: once, however often it comes. */
    @Transactional
    public void bill(ConsumerRecord order) {
        database.execute((ConnectionCallback<Boolean>) connection -> bill(connection, order));
    }

    private boolean bill(Connection connection, ConsumerRecord order) throws java.sql.SQLException {
        return inbox.once(
                connection,
                order.id(),
                () -> database.update("INSERT INTO invoices VALUES (?)", order.id()));
    }

    public long count(String table) {
        return Objects.requireNonNull(
                database.queryForObject("SELECT COUNT(*) FROM " + table, Long.class));
    }
}
