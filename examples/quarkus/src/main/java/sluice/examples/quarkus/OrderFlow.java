package sluice.examples.quarkus;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.SluiceClient;
import sluice.client.error.SluiceClientException;
import sluice.client.outbox.OutboxRelay;
import sluice.client.stream.HandlerFailedException;
import sluice.client.stream.StreamConsumer;

/** What runs in the background as long as the application: the relay, and the reader of orders. */
@ApplicationScoped
class OrderFlow {

    private static final Logger LOGGER = LoggerFactory.getLogger(OrderFlow.class);

    private static final String GROUP = "billing";
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final SluiceClient client;
    private final DataSource database;
    private final Orders orders;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable OutboxRelay relay;
    private @Nullable Thread reader;
    private volatile @Nullable StreamConsumer consumer;

    OrderFlow(SluiceClient client, DataSource database, Orders orders) {
        this.client = client;
        this.database = database;
        this.orders = orders;
    }

    void start(@Observes StartupEvent event) throws SQLException {
        orders.createTables();
        relay = client.outboxRelay(database).start();
        reader = new Thread(this::read, "orders");
        reader.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopped.countDown();
        StreamConsumer running = consumer;
        if (running != null) {
            running.close(); // Ends run(), commits, and leaves the group.
        }
        if (reader != null) {
            reader.join();
        }
        if (relay != null) {
            relay.close();
        }
    }

    private void read() {
        do {
            try (var reading = client.streamConsumer(GROUP).build()) {
                consumer = reading;
                if (stopped.getCount() > 0) {
                    reading.run(orders::bill);
                }
            } catch (HandlerFailedException | SluiceClientException e) {
                LOGGER.atWarn().setCause(e).log("orders are not read; again after a pause");
            }
        } while (!isStoppedWithin(PAUSE));
    }

    private boolean isStoppedWithin(Duration pause) {
        try {
            return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
