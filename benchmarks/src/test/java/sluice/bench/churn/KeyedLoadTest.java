package sluice.bench.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KeyedLoadTest {

    private static final int PER_SECOND = 1_000;

    /** Whose first record takes a second, until which somebody else has asked for the time. */
    private static final class HeldUpWriter implements GroupApi.Writer {
        final AtomicLong nowNs = new AtomicLong();
        final CountDownLatch isSending = new CountDownLatch(1);
        final CountDownLatch isStopping = new CountDownLatch(1);
        long sent;
        long flushed;

        @Override
        public void send(String key, String value) {
            if (sent++ == 0) {
                nowNs.set(TimeUnit.SECONDS.toNanos(1));
                isSending.countDown();
                try {
                    isStopping.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void flush() {
            flushed = sent;
        }

        @Override
        public void close() {}
    }

    @Test
    @Timeout(60)
    void loadThatFellBehindWritesWhatItOwes() throws Exception {
        var writer = new HeldUpWriter();
        Thread test = Thread.currentThread();
        LongSupplier clock =
                () -> {
                    long nowNs = writer.nowNs.get();
                    if (nowNs > 0 && Thread.currentThread().equals(test)) {
                        writer.isStopping.countDown();
                    }
                    return nowNs;
                };
        try (var load = KeyedLoad.start(writer, 4, PER_SECOND, clock)) {
            writer.isSending.await();

            Map<String, Long> written = load.stop();

            assertTrue(writer.sent >= PER_SECOND, "sent=" + writer.sent);
            assertEquals(writer.sent, writer.flushed);
            assertEquals(writer.sent, written.values().stream().mapToLong(Long::longValue).sum());
        }
    }
}
