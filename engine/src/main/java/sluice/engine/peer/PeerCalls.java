package sluice.engine.peer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.peer.PeerTransport;

/**
 * Calls to other gateways and to oneself over the CALL link: each gets exactly one outcome, on the
 * lane. Owned by one lane.
 */
public final class PeerCalls {

    /** Answers what others ask; called on the lane, {@code answer} from any thread, once. */
    public interface Handler {
        void handle(UUID caller, CallRequest request, Consumer<CallReply> answer);
    }

    private record Waiting(UUID peer, Consumer<Outcome<CallReply>> then, Lane.Timer timer) {}

    private final Lane lane;
    private final PeerTransport transport;
    private final Handler handler;
    private final int waitingMax;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private long lastCall;

    /**
     * @param waitingMax calls under way at once; more are refused OVERLOADED
     * @param random gives the number of the first call, so that no process takes an answer that was
     *     meant for the process before it on the same disk: a peer answers to a disk's id
     */
    public PeerCalls(
            Lane lane,
            PeerTransport transport,
            int waitingMax,
            RandomGenerator random,
            Handler handler) {
        // 62 bits: never 0, which is no call's number, and counted up without end.
        this.lastCall = random.nextLong() >>> 2;
        this.lane = lane;
        this.transport = transport;
        this.waitingMax = waitingMax;
        this.handler = handler;
    }

    /**
     * Asks a peer. The outcome is a reply that is not {@link CallReply.Failed}, or a failure:
     * UNAVAILABLE if the request was not sent, UNKNOWN_OUTCOME if no answer came, or what the peer
     * failed with.
     */
    public void call(
            UUID peer, CallRequest request, Duration timeout, Consumer<Outcome<CallReply>> then) {
        lane.assertOwner();
        if (waiting.size() >= waitingMax) {
            fail(
                    then,
                    SluiceException.Kind.OVERLOADED,
                    "too-many-calls",
                    "too many calls to other gateways are under way; retry after a pause");
            return;
        }
        long call = ++lastCall;
        var timer = lane.schedule(timeout, () -> timedOut(call));
        waiting.put(call, new Waiting(peer, then, timer));
        if (!transport.send(peer, PeerTransport.Link.CALL, CallFrame.encode(call, request))) {
            timer.cancel();
            waiting.remove(call);
            fail(
                    then,
                    SluiceException.Kind.UNAVAILABLE,
                    "gateway-unreachable",
                    "there is no link to gateway " + peer + " now; retry after a pause");
        }
    }

    /** Tells a peer something that it does not answer; lost if there is no link. */
    public void tell(UUID peer, CallRequest request) {
        lane.assertOwner();
        transport.send(peer, PeerTransport.Link.CALL, CallFrame.encode(0, request));
    }

    private void timedOut(long call) {
        Waiting timedOut = waiting.remove(call);
        if (timedOut != null) {
            unknown(timedOut, "did not answer in time");
        }
    }

    /** A frame of the CALL link arrived; called on the lane. */
    public void received(UUID peer, ByteBuffer frame) {
        lane.assertOwner();
        long call = CallFrame.call(frame);
        if (CallFrame.isRequest(frame)) {
            handler.handle(
                    peer,
                    CallFrame.decodeRequest(frame),
                    reply ->
                            transport.send(
                                    peer, PeerTransport.Link.CALL, CallFrame.encode(call, reply)));
            return;
        }
        Waiting answered = waiting.get(call);
        if (answered == null || !answered.peer().equals(peer)) {
            return; // It came too late; whoever asked was told that the outcome is unknown.
        }
        waiting.remove(call);
        answered.timer().cancel();
        if (CallFrame.decodeReply(frame) instanceof CallReply.Failed failed) {
            answered.then().accept(new Outcome.Failure<>(failed.toException()));
        } else {
            answered.then().accept(new Outcome.Success<>(CallFrame.decodeReply(frame)));
        }
    }

    /** The link is gone: no answer will come. */
    public void disconnected(UUID peer) {
        lane.assertOwner();
        for (long call : new ArrayList<>(waiting.keySet())) {
            Waiting lost = waiting.get(call);
            if (lost != null && lost.peer().equals(peer)) {
                waiting.remove(call);
                lost.timer().cancel();
                unknown(lost, "was lost before it answered");
            }
        }
    }

    private static void unknown(Waiting call, String what) {
        fail(
                call.then(),
                SluiceException.Kind.UNKNOWN_OUTCOME,
                "gateway-lost",
                "gateway " + call.peer() + " " + what + "; it may or may not have done it");
    }

    private static void fail(
            Consumer<Outcome<CallReply>> then,
            SluiceException.Kind kind,
            String code,
            String message) {
        then.accept(new Outcome.Failure<>(new SluiceException(kind, code, message)));
    }
}
