package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.error.SluiceApiException;
import sluice.client.link.LinkSettings;
import sluice.client.link.SessionLane;
import sluice.client.time.SystemClock;
import sluice.client.time.ThreadTimer;

/** The consumer as an application has it, on threads. */
class QueueConsumerTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ExecutorService gateway = Executors.newSingleThreadExecutor();
    private final ExecutorService lane = Executors.newSingleThreadExecutor();
    private final ThreadTimer timer = new ThreadTimer("test-timer");
    private final FakeQueue queue = new FakeQueue(gateway);
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<QueueConsumer> consumers = new ArrayList<>();

    @AfterEach
    void close() {
        consumers.forEach(QueueConsumer::close);
        gateway.shutdownNow();
        lane.shutdownNow();
        timer.close();
    }

    private QueueConsumer consumer(int concurrency, boolean isByHand, MessageHandler handler) {
        ExecutorService handlers = HandlerThreads.of(concurrency);
        var link =
                new LinkSettings(
                        List.of(URI.create("http://g1:1")),
                        0,
                        "jobs",
                        LONG,
                        LONG,
                        Duration.ofMillis(10),
                        Duration.ofMillis(10));
        var consumer =
                new QueueConsumer(
                        new QueueConsumer.Parts(
                                new SessionLane(lane, new SystemClock(), timer),
                                queue,
                                new QueueSettings(
                                        link,
                                        "test",
                                        concurrency,
                                        concurrency,
                                        Duration.ofMillis(10)),
                                () -> {},
                                handlers,
                                Optional.of(handlers),
                                handler,
                                (message, reason) -> lost.add(message.delivery() + " " + reason),
                                isByHand));
        consumers.add(consumer);
        return consumer;
    }

    private static void until(BooleanSupplier condition) {
        long endNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "in time");
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsHandledIsAcknowledgedAndNoMoreThanTheConcurrencyAtATime() {
        IntStream.range(0, 50).forEach(i -> queue.add("m" + i));
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        consumer(
                4,
                false,
                message -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.sleep(1);
                    running.decrementAndGet();
                });
        until(() -> queue.settled.size() == 50);

        assertTrue(queue.settled.stream().allMatch(each -> each.startsWith("acknowledge ")));
        assertEquals(50, queue.settled.stream().distinct().count());
        assertTrue(most.get() <= 4, "most=" + most);
    }

    @Test
    void whatIsThrownSaysWhatBecomesOfIt() {
        queue.add("fails", "rejected", "error", "settled", "fine");
        consumer(
                1,
                false,
                message -> {
                    switch (message.delivery()) {
                        case "fails" -> throw new IllegalStateException("no luck");
                        case "rejected" -> throw new RejectException("no order");
                        case "error" -> throw new AssertionError("broken");
                        case "settled" -> message.release(Duration.ofSeconds(2), "later").join();
                        default -> {}
                    }
                });
        until(() -> queue.settled.size() == 5);

        assertEquals(
                List.of(
                        "release - java.lang.IllegalStateException: no luck fails",
                        "reject no order rejected",
                        "release - java.lang.AssertionError: broken error",
                        "release 2000ms later settled",
                        "acknowledge fine"),
                queue.settled);
    }

    @Test
    void anExceptionThatCannotSayWhatItIsCostsNoHandler() {
        queue.add("mute", "fine");
        consumer(
                1,
                false,
                message -> {
                    if (message.delivery().equals("mute")) {
                        throw new IllegalStateException() {
                            @Override
                            public String getMessage() {
                                throw new UnsupportedOperationException();
                            }
                        };
                    }
                });
        until(() -> queue.settled.size() == 2);

        assertTrue(queue.settled.get(0).startsWith("release - sluice."), queue.settled.get(0));
        assertEquals("acknowledge fine", queue.settled.get(1));
    }

    @Test
    void whatIsSettledByHandIsNotWhenTheHandlerReturns() {
        queue.add("a", "b");
        var messages = new CopyOnWriteArrayList<QueueMessage>();
        consumer(2, true, messages::add);
        until(() -> messages.size() == 2);
        assertEquals(List.of(), queue.settled);
        messages.get(0).acknowledge().join();

        assertEquals(List.of("acknowledge " + messages.get(0).delivery()), queue.settled);
    }

    @Test
    void handlersHaveVirtualThreadsWhereThereAreSome() {
        queue.add("a");
        var isVirtual = new CopyOnWriteArrayList<Boolean>();
        consumer(1, false, message -> isVirtual.add(Thread.currentThread().isVirtual()));
        until(() -> queue.settled.size() == 1);

        assertEquals(List.of(true), isVirtual);
    }

    @Test
    void withoutVirtualThreadsThereAreAsManyAsTheConcurrencySays() throws Exception {
        ExecutorService two = HandlerThreads.platform(2);
        var both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            two.execute(() -> {
                both.countDown();
                awaited(both);
            });
        }
        assertTrue(both.await(30, TimeUnit.SECONDS));
        two.shutdown();
        assertTrue(two.awaitTermination(30, TimeUnit.SECONDS));
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void aCloseFinishesWhatRunsAndLeaves() throws Exception {
        queue.add("a", "b");
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        QueueConsumer consumer =
                consumer(
                        1,
                        false,
                        message -> {
                            begun.countDown();
                            awaited(go);
                        });
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        var closing = new Thread(consumer::close);
        closing.start();
        until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        assertFalse(consumer.ended().isDone());
        go.countDown();
        closing.join();

        assertTrue(consumer.ended().isDone());
        assertEquals("acknowledge a", queue.settled.get(0));
        assertEquals(1, queue.left);
        assertEquals(List.of(), lost);
    }

    @Test
    void aHandlerThatStopsItsConsumerHasTheLastMessage() {
        queue.add("a", "b", "c");
        var itself = new CompletableFuture<QueueConsumer>();
        var handled = new CopyOnWriteArrayList<String>();
        QueueConsumer consumer =
                consumer(
                        1,
                        false,
                        message -> {
                            handled.add(message.delivery());
                            if (message.delivery().equals("b")) {
                                itself.join().stopReceiving();
                            }
                        });
        itself.complete(consumer);
        until(() -> queue.settled.size() == 2);
        consumer.close();

        assertEquals(List.of("a", "b"), handled);
        assertEquals(List.of("acknowledge a", "acknowledge b"), queue.settled);
        assertEquals(1, queue.left);
    }

    @Test
    void aConsumerIsConnectedWhileAGatewayKnowsIt() {
        QueueConsumer consumer = consumer(1, false, message -> {});
        until(consumer::isConnected);
        consumer.close();
        assertFalse(consumer.isConnected());

        queue.isGone = true;
        QueueConsumer refused = consumer(1, false, message -> {});
        assertThrows(CompletionException.class, () -> refused.ended().join());
        assertFalse(refused.isConnected());
    }

    @Test
    void aReleaseByHandMayHaveAReasonAlone() {
        queue.add("a", "b");
        consumer(
                1,
                false,
                message -> {
                    if (message.delivery().equals("a")) {
                        message.release("x".repeat(300)).join();
                    } else {
                        message.release().join();
                    }
                });
        until(() -> queue.settled.size() == 2);

        assertEquals(List.of("release - " + "x".repeat(256) + " a", "release -  b"), queue.settled);
    }

    @Test
    void whatDoesNotEndInTimeIsInterruptedAndLost() {
        queue.add("a");
        var begun = new CountDownLatch(1);
        var isClosed = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        QueueConsumer consumer =
                consumer(
                        1,
                        false,
                        message -> {
                            begun.countDown();
                            if (!awaited(new CountDownLatch(1))) {
                                interrupted.countDown();
                            }
                            awaited(isClosed);
                        });
        assertTrue(awaited(begun));
        consumer.close(Duration.ofMillis(10));
        isClosed.countDown();

        assertTrue(awaited(interrupted));
        assertEquals(List.of("a closed"), lost);
        assertEquals(1, queue.left);
    }

    @Test
    void aGroupThatIsNotThereEndsIt() {
        queue.isGone = true;
        QueueConsumer consumer = consumer(1, false, message -> {});

        var failed = assertThrows(CompletionException.class, () -> consumer.ended().join());
        assertEquals(
                "unknown-group",
                assertInstanceOf(SluiceApiException.class, failed.getCause()).code());
    }

    @Test
    void whatIsSettledAfterTheCloseFails() {
        queue.add("a");
        var messages = new CopyOnWriteArrayList<QueueMessage>();
        QueueConsumer consumer = consumer(1, true, messages::add);
        until(() -> messages.size() == 1);
        consumer.close();

        assertThrows(CompletionException.class, () -> messages.get(0).acknowledge().join());
        assertEquals(Optional.of("closed"), messages.get(0).lost());
    }
}
