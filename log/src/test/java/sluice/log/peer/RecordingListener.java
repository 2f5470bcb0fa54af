package sluice.log.peer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import sluice.log.peer.PeerTransport.Link;

/** Writes down what it hears; can be made to hear nothing for a while. */
public final class RecordingListener implements PeerTransport.Listener {

    public record Frame(UUID peer, Link link, ByteBuffer bytes) {}

    private final List<String> events = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public synchronized void connected(UUID peer, Link link) {
        events.add("connected " + name(peer) + " " + link);
    }

    @Override
    public synchronized void disconnected(UUID peer, Link link) {
        events.add("disconnected " + name(peer) + " " + link);
    }

    @Override
    public void received(UUID peer, Link link, ByteBuffer frame) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            events.add("received " + name(peer) + " " + link);
            frames.add(new Frame(peer, link, frame));
        }
    }

    private static String name(UUID peer) {
        return String.valueOf((char) ('A' - 1 + peer.getLeastSignificantBits()));
    }

    /** Frames wait on the transport's thread until the result is run. */
    public Runnable hold() {
        var held = new CountDownLatch(1);
        gate = held;
        return held::countDown;
    }

    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** What happened to the link with that peer. */
    public synchronized List<String> linkEvents(String peer, Link link) {
        return events.stream()
                .filter(event -> event.endsWith("connected " + peer + " " + link))
                .toList();
    }

    public synchronized List<ByteBuffer> frames(UUID peer, Link link) {
        return frames.stream()
                .filter(frame -> frame.peer().equals(peer) && frame.link() == link)
                .map(Frame::bytes)
                .toList();
    }
}
