package sluice.examples.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import sluice.client.SluiceClient;
import sluice.client.error.SluiceClientException;
import sluice.client.stream.HandlerFailedException;
import sluice.client.stream.StreamConsumer;

/** Reads orders as long as the application runs; stops before the beans that it uses. */
@Component
class OrderReader implements SmartLifecycle {

    private static final Logger LOGGER = LoggerFactory.getLogger(OrderReader.class);

    private static final String GROUP = "billing";
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final SluiceClient client;
    private final Orders orders;
    private volatile boolean isRunning;
    private volatile @Nullable StreamConsumer consumer;
    private @Nullable Thread reader;

    OrderReader(SluiceClient client, Orders orders) {
        this.client = client;
        this.orders = orders;
    }

    @Override
    public void start() {
        isRunning = true;
        reader = new Thread(this::read, "orders");
        reader.start();
    }

    @Override
    public void stop() {
        isRunning = false;
        StreamConsumer running = consumer;
        if (running != null) {
            running.close(); // Ends run(), commits, and leaves the group.
        }
        Thread ending = reader;
        if (ending != null) {
            ending.interrupt();
            try {
                ending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    private void read() {
        while (isRunning) {
            try (var reading = client.streamConsumer(GROUP).build()) {
                consumer = reading;
                if (isRunning) {
                    reading.run(orders::bill);
                }
            } catch (HandlerFailedException | SluiceClientException e) {
                LOGGER.atWarn().setCause(e).log("orders are not read; again after a pause");
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            isRunning = false;
        }
    }
}
