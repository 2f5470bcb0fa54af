package sluice.client.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import sluice.client.time.Timer;

/**
 * One connection of a session, or the attempt to have one. Whatever comes of an attempt that the
 * session has left is passed over.
 */
final class StreamAttempt implements StreamDialer.Listener {

    /** The session; called on its lane. */
    interface Owner {
        boolean isCurrent(StreamAttempt attempt);

        void opened();

        void text(String frame);

        void binary(ByteBuffer frame);

        void refused(int status, String reason);

        void closed(int code, String reason);
    }

    private final SessionLane lane;
    private final Owner owner;
    private @Nullable StreamConnection connection;
    private Timer.@Nullable Cancellable expected;
    private @Nullable Runnable thenClosed;

    StreamAttempt(SessionLane lane, Owner owner) {
        this.lane = lane;
        this.owner = owner;
    }

    /** Runs {@code otherwise} unless {@link #unexpect} is called in time. */
    void expect(Duration within, Runnable otherwise) {
        unexpect();
        expected = lane.after(within, () -> ifCurrent(otherwise));
    }

    void unexpect() {
        if (expected != null) {
            expected.cancel();
        }
    }

    void send(String frame) {
        if (connection != null) {
            connection.send(frame);
        }
    }

    /**
     * Ends the connection in good order.
     *
     * @param closed called once it is over
     */
    void close(Runnable closed) {
        unexpect();
        if (connection == null) {
            closed.run();
        } else {
            thenClosed = closed;
            connection.close(1000, "leave");
        }
    }

    void abort() {
        unexpect();
        if (connection != null) {
            connection.abort();
            connection = null; // Nobody will tell of its end.
        }
    }

    @Override
    public void opened(StreamConnection opened) {
        lane.execute(() -> {
            if (owner.isCurrent(this)) {
                connection = opened;
                owner.opened();
            } else {
                opened.abort(); // It came too late.
            }
        });
    }

    @Override
    public void text(String frame) {
        lane.execute(() -> ifCurrent(() -> owner.text(frame)));
    }

    @Override
    public void binary(ByteBuffer frame) {
        lane.execute(() -> ifCurrent(() -> owner.binary(frame)));
    }

    @Override
    public void refused(int status, String reason) {
        lane.execute(() -> ifCurrent(() -> owner.refused(status, reason)));
    }

    @Override
    public void closed(int code, String reason) {
        lane.execute(() -> {
            Runnable then = thenClosed;
            thenClosed = null;
            if (then != null) {
                then.run();
            } else {
                ifCurrent(() -> owner.closed(code, reason));
            }
        });
    }

    private void ifCurrent(Runnable task) {
        if (owner.isCurrent(this)) {
            task.run();
        }
    }
}
