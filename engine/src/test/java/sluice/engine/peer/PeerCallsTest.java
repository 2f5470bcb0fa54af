package sluice.engine.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import sluice.log.PartitionId;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.memory.MemoryNetwork;
import sluice.log.peer.memory.NetworkLimits;

/** Calls between gateways whose processes come and go. */
class PeerCallsTest {

    private static final UUID ASKER = new UUID(1, 1);
    private static final UUID OWNER = new UUID(2, 2);

    private final VirtualTime time = new VirtualTime(4711);
    private final MemoryNetwork network =
            new MemoryNetwork(time.random(), Delay.ofMicros(30, 400), NetworkLimits.DEFAULT);
    private final List<Consumer<CallReply>> held = new ArrayList<>();

    private record Process(VirtualTime.Scope scope, Lane lane, PeerCalls calls) {}

    private Process start(UUID node) {
        VirtualTime.Scope scope = time.scope("process of " + node);
        Lane lane = scope.lane("lane");
        PeerTransport transport = network.transport(node, scope);
        var calls =
                new PeerCalls(
                        lane,
                        transport,
                        100,
                        time.random(),
                        (caller, request, answer) -> held.add(answer));
        transport.start(
                new PeerTransport.Listener() {
                    @Override
                    public void connected(UUID peer, PeerTransport.Link link) {}

                    @Override
                    public void disconnected(UUID peer, PeerTransport.Link link) {
                        lane.execute(() -> calls.disconnected(peer));
                    }

                    @Override
                    public void received(UUID peer, PeerTransport.Link link, ByteBuffer frame) {
                        lane.execute(() -> calls.received(peer, frame));
                    }
                });
        transport.peers(Map.of(ASKER, "a", OWNER, "b"));
        time.runFor(Duration.ofSeconds(3));
        return new Process(scope, lane, calls);
    }

    private List<Outcome<CallReply>> ask(Process process) {
        var outcomes = new ArrayList<Outcome<CallReply>>();
        var request = new CallRequest.Status(new PartitionId(7, 0), 3, 0);
        process.lane()
                .execute(() ->
                        process.calls().call(OWNER, request, Duration.ofMinutes(1), outcomes::add));
        time.runFor(Duration.ofSeconds(1));
        return outcomes;
    }

    @Test
    void anAnswerThatWasMeantForADeadProcessIsNotTakenByTheNext() {
        start(OWNER);
        Process first = start(ASKER);
        ask(first);
        first.scope().kill();
        network.crash(ASKER);
        Process second = start(ASKER);
        List<Outcome<CallReply>> outcomes = ask(second);

        held.getFirst().accept(new CallReply.Status(0, 11));
        time.runFor(Duration.ofSeconds(1));
        assertEquals(List.of(), outcomes);

        held.getLast().accept(new CallReply.Status(0, 22));
        time.runFor(Duration.ofSeconds(1));
        assertEquals(List.of(new Outcome.Success<>(new CallReply.Status(0, 22))), outcomes);
    }
}
