package sluice.bench.system;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** SQS's own Java client. Values are sent as Base64, since its messages are text. */
final class SqsClients {

    /** What one request may send, give out or delete. */
    private static final int TOGETHER_MAX = 10;

    /** Requests of a sender that are under way. */
    private static final int SENDING_MAX = 100;

    private static final int WAIT_SECONDS = 1;

    private SqsClients() {}

    static final class Sending implements BenchProducer {
        private final SqsAsyncClient client;
        private final String url;
        private final int together;
        private final Acknowledged acknowledged;
        private final Semaphore room = new Semaphore(SENDING_MAX);
        private final List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
        private final List<Long> intended = new ArrayList<>();

        Sending(SqsAsyncClient client, String url, int together, Acknowledged acknowledged) {
            this.client = client;
            this.url = url;
            this.together = Math.min(together, TOGETHER_MAX);
            this.acknowledged = acknowledged;
        }

        @Override
        public void send(int partition, byte[] value, long intendedNs) throws InterruptedException {
            String body = Base64.getEncoder().encodeToString(value);
            if (together == 1) {
                room.acquire();
                var unused =
                        client.sendMessage(request -> request.queueUrl(url).messageBody(body))
                                .whenComplete((_, failure) ->
                                        sent(List.of(intendedNs), value.length, failure));
                return;
            }
            entries.add(
                    SendMessageBatchRequestEntry.builder()
                            .id("" + entries.size())
                            .messageBody(body)
                            .build());
            intended.add(intendedNs);
            if (entries.size() == together) {
                sendEntries(value.length);
            }
        }

        private void sendEntries(int valueBytes) throws InterruptedException {
            room.acquire();
            List<Long> times = List.copyOf(intended);
            List<SendMessageBatchRequestEntry> batch = List.copyOf(entries);
            intended.clear();
            entries.clear();
            var unused =
                    client.sendMessageBatch(request -> request.queueUrl(url).entries(batch))
                            .whenComplete((_, failure) -> sent(times, valueBytes, failure));
        }

        private void sent(List<Long> times, int valueBytes, @Nullable Throwable failure) {
            room.release();
            if (failure != null) {
                acknowledged.failed(failure.toString());
                return;
            }
            times.forEach(each -> acknowledged.acknowledged(each, valueBytes));
        }

        @Override
        public void flush() throws InterruptedException {
            if (!entries.isEmpty()) {
                sendEntries(0);
            }
            room.acquire(SENDING_MAX);
            room.release(SENDING_MAX);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Each consumer asks, works, deletes, and asks again, as SQS's consumers do. */
    static final class Working implements BenchConsumer {
        private final SqsAsyncClient client;
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean isClosed;

        private Working(SqsAsyncClient client) {
            this.client = client;
        }

        static Working begin(
                SqsAsyncClient client, String url, WorkShape shape, Received received) {
            var working = new Working(client);
            for (int i = 0; i < shape.consumers(); i++) {
                working.threads.add(
                        Thread.ofVirtual()
                                .name("work-" + i)
                                .start(() -> working.work(url, shape, received)));
            }
            return working;
        }

        private void work(String url, WorkShape shape, Received received) {
            int max = Math.min(shape.prefetch(), TOGETHER_MAX);
            while (!isClosed) {
                try {
                    List<Message> messages =
                            client.receiveMessage(request ->
                                            request.queueUrl(url)
                                                    .maxNumberOfMessages(max)
                                                    .waitTimeSeconds(WAIT_SECONDS))
                                    .join()
                                    .messages();
                    messages.forEach(each ->
                            received.received(
                                    0, ByteBuffer.wrap(Base64.getDecoder().decode(each.body()))));
                    delete(url, shape, messages);
                } catch (CompletionException | IllegalStateException e) {
                    if (!isClosed) {
                        received.failed(e.toString());
                        return;
                    }
                }
            }
        }

        private void delete(String url, WorkShape shape, List<Message> messages) {
            if (messages.isEmpty()) {
                return;
            }
            if (shape.together() == 1) {
                // All of them at a time: nobody would wait for each.
                messages.stream()
                        .map(each ->
                                client.deleteMessage(request ->
                                        request.queueUrl(url).receiptHandle(each.receiptHandle())))
                        .toList()
                        .forEach(deletion -> deletion.join());
                return;
            }
            var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
            for (Message each : messages) {
                entries.add(
                        DeleteMessageBatchRequestEntry.builder()
                                .id("" + entries.size())
                                .receiptHandle(each.receiptHandle())
                                .build());
            }
            client.deleteMessageBatch(request -> request.queueUrl(url).entries(entries)).join();
        }

        @Override
        public void close() {
            isClosed = true;
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            client.close();
        }
    }
}
