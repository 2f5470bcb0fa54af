package sluice.client.link;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.error.Problem;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/**
 * A conversation that outlives connections and gateways.
 *
 * <pre>
 *              begin           opened: owner greets       owner: established
 *   Resting ─────────▶ Dialing ──────────────▶ Greeting ──────────────▶ Established
 *      ▲                 ▲ │                      │                         │
 *      │ close           │ │ refused, too slow    │ closed, too slow        │ closed, silent
 *      │                 │ ▼                      ▼                         ▼
 *   Closing           Waiting ◀─────────────────────────────────────────────┘
 *                      next gateway, after a pause
 *   any ──▶ Failed: the owner gave up
 * </pre>
 *
 * <p>What an owner was told by one connection it is not told again by the next: after {@link
 * Owner#disconnected} it says in its greeting where it stands. Owned by its lane; nothing here
 * waits.
 */
public final class GatewayLink implements StreamAttempt.Owner {

    private static final Logger LOGGER = LoggerFactory.getLogger(GatewayLink.class);

    /** Said by a gateway that stops in good order: the next one is there at once. */
    private static final int SERVICE_RESTART = 1012;

    /** Intervals of heartbeats without a frame after which a connection is taken for dead. */
    private static final int SILENT_INTERVALS = 3;

    /** Whose conversation it is; called on the lane. */
    public interface Owner {
        /** There is a connection: {@link #greet} is to follow. */
        void opened();

        /**
         * @throws JsonException if it cannot be read, as any of {@link SluiceClientException} and
         *     {@link IllegalArgumentException}; then the connection is given up
         */
        void text(Json frame);

        /** As {@link #text}. */
        void binary(ByteBuffer frame);

        /** The connection is over; the next gateway will be dialed. */
        void disconnected();

        /** No gateway will take it. */
        void refused(SluiceClientException why);
    }

    private enum State {
        RESTING,
        WAITING,
        DIALING,
        GREETING,
        ESTABLISHED,
        CLOSING,
        FAILED
    }

    private final SessionLane lane;
    private final StreamDialer dialer;
    private final LinkSettings settings;
    private final Owner owner;

    private volatile State state = State.RESTING;
    private StreamAttempt attempt;
    private int gateway;
    private int failures;
    private Duration heartbeat = Duration.ofSeconds(2);
    private volatile long heardNs;
    private long sentNs;

    public GatewayLink(SessionLane lane, StreamDialer dialer, LinkSettings settings, Owner owner) {
        this.lane = lane;
        this.dialer = dialer;
        this.settings = settings;
        this.owner = owner;
        this.gateway = settings.firstGateway();
        this.attempt = new StreamAttempt(lane, this);
    }

    public void begin() {
        if (state == State.RESTING) {
            dial();
        }
    }

    /** True while a gateway knows who is here. */
    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    /**
     * True if the gateway was heard within that time. A process that slept looks here before its
     * timers. By any thread.
     */
    public boolean isHeardWithin(Duration time) {
        return isEstablished() && lane.nowNs() - heardNs < time.toNanos();
    }

    private void dial() {
        state = State.DIALING;
        var dialing = new StreamAttempt(lane, this);
        attempt = dialing;
        URI to = settings.gateways().get(gateway);
        expect(settings.dialTimeout(), "no connection in time");
        dialer.dial(to, settings.group(), dialing);
    }

    private void expect(Duration within, String otherwise) {
        attempt.expect(within, () -> disconnect(otherwise, false));
    }

    @Override
    public void opened() {
        state = State.GREETING;
        expect(settings.greetTimeout(), "no answer to the first frame in time");
        sentNs = lane.nowNs();
        owner.opened();
    }

    /** Sends the first frame of a connection. */
    public void greet(String frame) {
        attempt.send(frame);
    }

    /**
     * The gateway knows who is here; from now on it is heard of, and hears, by heartbeats.
     *
     * @param every interval that it asked for
     */
    public void established(Duration every) {
        heartbeat = every;
        failures = 0;
        state = State.ESTABLISHED;
        attempt.unexpect();
        StreamAttempt of = attempt;
        lane.after(heartbeat.dividedBy(3), () -> ifCurrent(of, () -> tick(of)));
    }

    /** Sends a frame if the gateway knows who is here; after a reconnection it is told all anew. */
    public void send(String frame) {
        if (isEstablished()) {
            sentNs = lane.nowNs();
            attempt.send(frame);
        }
    }

    /** Runs {@code task} after {@code delay}, if the connection is still this one. */
    public void later(Duration delay, Runnable task) {
        StreamAttempt of = attempt;
        lane.after(delay, () -> ifCurrent(of, task));
    }

    private void tick(StreamAttempt of) {
        if (lane.nowNs() - heardNs >= heartbeat.multipliedBy(SILENT_INTERVALS).toNanos()) {
            disconnect("nothing was heard for three heartbeats", false);
            return;
        }
        Duration third = heartbeat.dividedBy(3);
        if (lane.nowNs() - sentNs >= third.toNanos()) {
            send(Frames.text("heartbeat", json -> {}));
        }
        lane.after(third, () -> ifCurrent(of, () -> tick(of)));
    }

    @Override
    public void text(String frame) {
        heardNs = lane.nowNs();
        read(() -> owner.text(Json.parse(frame)));
    }

    @Override
    public void binary(ByteBuffer frame) {
        heardNs = lane.nowNs();
        read(() -> owner.binary(frame));
    }

    private void read(Runnable reading) {
        try {
            reading.run();
        } catch (JsonException | SluiceClientException | IllegalArgumentException e) {
            disconnect("a frame that cannot be read: " + e.getMessage(), false);
        }
    }

    /** A connection for which there is no group will not come about by dialing again. */
    @Override
    public void refused(int status, String reason) {
        if (status == 404 || status == 400 || status == 401 || status == 403) {
            owner.refused(
                    new SluiceApiException(
                            "group " + settings.group(),
                            new Problem(
                                    status == 404 ? "unknown-group" : "",
                                    status,
                                    "The gateway opens no stream",
                                    reason,
                                    "",
                                    Map.of())));
        } else {
            disconnect("refused: status=" + status + " reason=" + reason, false);
        }
    }

    @Override
    public void closed(int code, String reason) {
        disconnect("closed: code=" + code + " reason=" + reason, code == SERVICE_RESTART);
    }

    /**
     * Gives the connection up, and goes on with the next gateway.
     *
     * @param isNextThere true: it can be asked at once
     */
    public void disconnect(String why, boolean isNextThere) {
        LOGGER.atInfo()
                .addKeyValue("group", settings.group())
                .addKeyValue("gateway", settings.gateways().get(gateway))
                .addKeyValue("reason", why)
                .log("stream: a connection is over; the session goes on with the next gateway");
        attempt.abort();
        var waiting = new StreamAttempt(lane, this);
        attempt = waiting;
        state = State.WAITING;
        gateway = (gateway + 1) % settings.gateways().size();
        Duration pause = isNextThere && failures == 0 ? Duration.ZERO : pause();
        failures++;
        lane.after(pause, () -> ifCurrent(waiting, this::dial));
        owner.disconnected();
    }

    /** Each gateway is asked once before the first pause grows. */
    private Duration pause() {
        int rounds = failures / settings.gateways().size();
        Duration pause = settings.retryFirst().multipliedBy(1L << Math.min(rounds, 10));
        return pause.compareTo(settings.retryMax()) < 0 ? pause : settings.retryMax();
    }

    /** Dials no more. */
    public void fail() {
        attempt.abort();
        state = State.FAILED;
    }

    /**
     * Ends the connection in good order, behind what was sent.
     *
     * @param closed called when the gateway knows, or cannot be told
     */
    public void close(Runnable closed) {
        StreamAttempt leaving = attempt;
        state = State.CLOSING;
        leaving.close(closed);
    }

    /** Ends what {@link #close} could not end in good order. */
    public void abort() {
        attempt.abort();
    }

    private void ifCurrent(StreamAttempt of, Runnable task) {
        if (isCurrent(of)) {
            task.run();
        }
    }

    @Override
    public boolean isCurrent(StreamAttempt of) {
        return of == attempt && state != State.CLOSING && state != State.FAILED;
    }
}
