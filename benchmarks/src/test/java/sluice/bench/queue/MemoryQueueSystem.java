package sluice.bench.queue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.bench.system.QueueSystem;
import sluice.bench.system.SystemProcess;

/** A queue that gives a message to its consumer at once, or as late as it is told to. */
final class MemoryQueueSystem implements QueueSystem {

    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private Received received = new NobodyReceives();
    private int after = 1;
    private int every = Integer.MAX_VALUE;
    private int refusedFrom = Integer.MAX_VALUE;
    private int sent;
    private int given;
    private int mostUnderWay;

    /** Nobody gets anything before so many wait; from then on everybody does. */
    void worksOnlyAfter(int messages) {
        after = messages;
    }

    /** Each message of that turn is given out twice. */
    void repeatsEvery(int turn) {
        every = turn;
    }

    /** Sending fails after so many. */
    void refusesAfter(int messages) {
        refusedFrom = messages;
    }

    synchronized int mostUnderWay() {
        return mostUnderWay;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void start() {}

    @Override
    public void createQueue(String queue) {}

    @Override
    public BenchProducer sender(String queue, int together, Acknowledged acknowledged) {
        return new BenchProducer() {
            @Override
            public void send(int partition, byte[] value, long intendedNs) {
                give(value);
                acknowledged.acknowledged(intendedNs, value.length);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private synchronized void give(byte[] value) {
        if (sent++ >= refusedFrom) {
            throw new IllegalStateException("no more");
        }
        waiting.add(value);
        mostUnderWay = Math.max(mostUnderWay, waiting.size());
        if (waiting.size() < after) {
            return;
        }
        after = 1;
        while (!waiting.isEmpty()) {
            byte[] next = waiting.remove();
            received.received(0, ByteBuffer.wrap(next));
            if (++given % every == 0) {
                received.received(0, ByteBuffer.wrap(next));
            }
        }
    }

    @Override
    public synchronized BenchConsumer workers(String queue, WorkShape shape, Received to) {
        received = to;
        return () -> {};
    }

    @Override
    public List<SystemProcess> processes() {
        return List.of();
    }

    @Override
    public void close() {}

    /** Until there is a consumer. */
    private static final class NobodyReceives implements Received {
        @Override
        public void received(int partition, ByteBuffer value) {
            throw new IllegalStateException("nobody receives");
        }

        @Override
        public void failed(String why) {
            throw new IllegalStateException(why);
        }
    }
}
