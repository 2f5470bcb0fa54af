package sluice.bench.system;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;
import sluice.bench.client.WorkShape;
import sluice.log.SluiceException;

/** RabbitMQ's own Java client: persistent messages, publisher confirms, acknowledged one by one. */
final class RabbitClients {

    private static final int UNCONFIRMED_MAX = 4_000;

    private RabbitClients() {}

    private static void closeQuietly(List<Connection> connections) {
        connections.forEach(Connection::abort);
    }

    private static SluiceException failed(IOException e) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE, "no-rabbitmq", "rabbitmq: " + e, e);
    }

    /** A message on its way. */
    private record Sent(long intendedNs, int bytes) {}

    static final class Producing implements BenchProducer {
        private final List<Connection> connections;
        private final Channel channel;
        private final String queue;
        private final Semaphore room;
        private final int roomMax;
        private final ConcurrentSkipListMap<Long, Sent> unconfirmed = new ConcurrentSkipListMap<>();

        private Producing(List<Connection> connections, String queue, Acknowledged acknowledged)
                throws IOException {
            this.connections = connections;
            this.queue = queue;
            this.roomMax = UNCONFIRMED_MAX;
            this.room = new Semaphore(roomMax);
            this.channel = connections.getFirst().createChannel();
            channel.confirmSelect();
            ConfirmCallback confirmed =
                    (tag, multiple) -> {
                        var done =
                                multiple
                                        ? unconfirmed.headMap(tag, true)
                                        : unconfirmed.subMap(tag, true, tag, true);
                        int count = 0;
                        for (var each = done.pollFirstEntry();
                                each != null;
                                each = done.pollFirstEntry()) {
                            acknowledged.acknowledged(
                                    each.getValue().intendedNs(), each.getValue().bytes());
                            count++;
                        }
                        room.release(count);
                    };
            channel.addConfirmListener(
                    confirmed, (_, _) -> acknowledged.failed("the broker refused a message"));
        }

        static Producing begin(
                List<Connection> connections, String queue, Acknowledged acknowledged) {
            try {
                return new Producing(connections, queue, acknowledged);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void send(int partition, byte[] value, long intendedNs) throws InterruptedException {
            room.acquire();
            unconfirmed.put(channel.getNextPublishSeqNo(), new Sent(intendedNs, value.length));
            try {
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, value);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void flush() throws InterruptedException {
            room.acquire(roomMax);
            room.release(roomMax);
        }

        @Override
        public void close() {
            closeQuietly(connections);
        }
    }

    static final class Consuming implements BenchConsumer {
        private final List<Connection> connections;

        private Consuming(List<Connection> connections) {
            this.connections = connections;
        }

        static Consuming begin(
                List<Connection> connections, String queue, WorkShape shape, Received received) {
            var consuming = new Consuming(connections);
            try {
                for (int i = 0; i < shape.consumers(); i++) {
                    Connection connection = connections.get(i % connections.size());
                    work(connection.createChannel(), queue, shape, received);
                }
                return consuming;
            } catch (IOException e) {
                consuming.close();
                throw failed(e);
            }
        }

        /** The channel's calls come one after the other. */
        private static void work(Channel channel, String queue, WorkShape shape, Received received)
                throws IOException {
            channel.basicQos(shape.prefetch());
            var unacknowledged = new int[1];
            channel.basicConsume(
                    queue,
                    false,
                    (_, delivery) -> {
                        received.received(0, ByteBuffer.wrap(delivery.getBody()));
                        if (++unacknowledged[0] >= shape.together()) {
                            channel.basicAck(
                                    delivery.getEnvelope().getDeliveryTag(), shape.together() > 1);
                            unacknowledged[0] = 0;
                        }
                    },
                    _ -> received.failed("the broker cancelled the consumer"));
        }

        @Override
        public void close() {
            closeQuietly(connections);
        }
    }

    /** Each writer has a channel of its own; a node's writers share a connection. */
    static final class Singles implements SingleWrites {
        private final List<Connection> connections;
        private volatile boolean isClosed;

        private Singles(List<Connection> connections) {
            this.connections = connections;
        }

        static Singles begin(
                List<Connection> connections,
                String queue,
                int writers,
                int valueBytes,
                Acknowledged acknowledged) {
            var singles = new Singles(connections);
            byte[] value = "x".repeat(valueBytes).getBytes(StandardCharsets.UTF_8);
            try {
                var channels = new ArrayList<Channel>();
                for (int i = 0; i < writers; i++) {
                    channels.add(connections.get(i % connections.size()).createChannel());
                }
                for (Channel channel : channels) {
                    singles.write(channel, queue, value, acknowledged);
                }
                return singles;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private void write(Channel channel, String queue, byte[] value, Acknowledged acknowledged)
                throws IOException {
            channel.confirmSelect();
            var sentNs = new long[] {System.nanoTime()};
            ConfirmCallback next =
                    (_, _) -> {
                        acknowledged.acknowledged(sentNs[0], value.length);
                        if (!isClosed) {
                            sentNs[0] = System.nanoTime();
                            channel.basicPublish(
                                    "", queue, MessageProperties.PERSISTENT_BASIC, value);
                        }
                    };
            channel.addConfirmListener(
                    next, (_, _) -> acknowledged.failed("the broker refused a message"));
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, value);
        }

        @Override
        public void close() {
            isClosed = true;
            closeQuietly(connections);
        }
    }
}
