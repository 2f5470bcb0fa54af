package sluice.log.peer.memory;

import java.util.ArrayDeque;
import java.util.UUID;
import sluice.log.lane.Scheduler;

/**
 * One direction of a connection. What is put in comes out in the same order, each by an event of
 * the receiver's; while the way is cut it waits, as TCP would send it again until it gets through.
 */
final class Direction {

    private record Item(long bytes, Runnable arrival) {}

    private final MemoryNetwork network;
    private final UUID from;
    private final UUID to;
    private final Scheduler receiver;
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long bytes;
    private int owed;
    private boolean ended;

    Direction(MemoryNetwork network, UUID from, UUID to, Scheduler receiver) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.receiver = receiver;
    }

    /** False if it would not fit: nothing was put in. */
    boolean put(long itemBytes, Runnable arrival) {
        if (!items.isEmpty() && bytes + itemBytes > network.limits().queueBytesMax()) {
            return false;
        }
        items.add(new Item(itemBytes, arrival));
        bytes += itemBytes;
        deliverLater();
        return true;
    }

    /** Each event lets out whatever is first then, so that delays by chance change no order. */
    private void deliverLater() {
        receiver.schedule(network.delay(from, to), this::deliverFirst);
    }

    private void deliverFirst() {
        if (ended) {
            return;
        }
        if (network.isCut(from, to)) {
            owed++;
            return;
        }
        Item first = items.remove();
        bytes -= first.bytes();
        first.arrival().run();
    }

    void healed() {
        while (owed > 0) {
            owed--;
            deliverLater();
        }
    }

    boolean goes(UUID fromNode, UUID toNode) {
        return from.equals(fromNode) && to.equals(toNode);
    }

    /** What is on its way is lost. */
    void end() {
        ended = true;
        items.clear();
    }
}
