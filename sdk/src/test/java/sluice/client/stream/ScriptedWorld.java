package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import sluice.client.json.Json;
import sluice.client.link.SessionLane;
import sluice.client.record.TopicPartition;
import sluice.client.stream.Deliveries.Delivery;
import sluice.client.stream.Deliveries.Demand;
import sluice.client.stream.ScriptedDialer.Dial;
import sluice.log.lane.VirtualTime;

/** One session, whose gateways are the test's, in virtual time. */
abstract class ScriptedWorld {

    static final TopicPartition P0 = new TopicPartition("orders", 0);
    static final TopicPartition P1 = new TopicPartition("orders", 1);

    /** More than a task needs to come to the lane. */
    private static final long SOON_NS = 200_000;

    final VirtualTime time = new VirtualTime(1);
    final SessionLane lane = FakeCluster.clientLane(time.scope("client").lane("session"));
    final ScriptedDialer gateways = new ScriptedDialer();
    final StreamSession session =
            new StreamSession(lane, gateways, FakeCluster.settings(0, 64 << 10), () -> {});
    final Deliveries deliveries = new Deliveries(session);

    /** So long, and what is due then has happened. */
    void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(SOON_NS));
    }

    /** On the lane. */
    void on(Runnable work) {
        lane.execute(work);
        pass(0);
    }

    Dial dialled() {
        on(session::begin);
        return gateways.last();
    }

    Dial open(Dial dial) {
        dial.listener.opened(dial);
        pass(0);
        return dial;
    }

    /** A member that is told what {@code more} says. */
    Dial joined() {
        Dial dial = open(dialled());
        dial.joined("m", 1);
        pass(0);
        return dial;
    }

    /** A member that holds the first partition from 0 on, and whose application knows. */
    Dial reading() {
        Dial dial = joined();
        dial.assigned(1, 0, 0);
        pass(0);
        assertEquals("assigned [orders/0]", ask());
        return dial;
    }

    /** The next connection, with the member resumed. */
    Dial resumed() {
        Dial dial = open(gateways.last());
        dial.joined("m", 1);
        pass(0);
        return dial;
    }

    /** What is there to tell now. */
    String ask() {
        var reply = new CompletableFuture<Delivery>();
        var demand = new Demand(1_000, partition -> false, reply);
        on(() -> deliveries.ask(demand));
        on(() -> deliveries.giveUp(demand));
        if (reply.isCompletedExceptionally()) {
            return "failed " + reply.exceptionNow().getMessage();
        }
        Delivery told = reply.join();
        var words = new ArrayList<String>();
        if (!told.changes().lost().isEmpty()) {
            words.add("lost " + told.changes().lost());
        }
        if (!told.changes().revoking().isEmpty()) {
            words.add("revoking " + told.changes().revoking());
        }
        if (!told.changes().assigned().isEmpty()) {
            words.add("assigned " + told.changes().assigned());
        }
        told.chunks()
                .forEach(chunk ->
                        words.add(
                                chunk.held().id
                                        + "@"
                                        + chunk.records().get(0).offset()
                                        + "+"
                                        + chunk.records().size()));
        return String.join(" ", words);
    }

    static List<String> places(Json frame, String list) {
        return frame.list(list).stream()
                .map(each -> each.integer("partition") + "@" + each.number("offset", -1))
                .toList();
    }

    /** The hold of the first partition that the application knows. */
    HeldPartition hold() {
        return Objects.requireNonNull(session.partitions().known(P0));
    }
}
