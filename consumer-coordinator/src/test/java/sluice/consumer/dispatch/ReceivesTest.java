package sluice.consumer.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;

/**
 * A call that asks for nothing, while something is on its way that was asked for before; and what
 * becomes of a session whose call waited for long.
 */
class ReceivesTest {

    private final GroupWorld world = new GroupWorld(1, 1, GroupConfig.queue(List.of("t")));
    private final List<String> told = new ArrayList<>();

    @Test
    void itIsAnsweredWithWhatArrives() {
        UUID session = askedFor();
        receive("last", session, 0);
        assertEquals(List.of("first 0 []"), told);
        world.arriveAll();

        assertEquals(List.of("first 0 []", "last 1 [0]"), told);
    }

    @Test
    void itIsAnsweredAtOnceWhenNothingCanArriveAnyMore() {
        UUID session = askedFor();
        receive("last", session, 0);
        world.faultsPercent = 100;
        world.arriveOne();
        world.arriveOne();

        assertEquals(List.of("first 0 []", "last 1 []"), told);
    }

    /** Nothing was heard of it while its call waited, for nothing was to be said. */
    @Test
    void howeverLongItWaitedASessionHasItsWholeTimeOnceItIsAnswered() {
        for (int seconds = 1; seconds < 20; seconds++) {
            var world = new GroupWorld(seconds, 1, GroupConfig.queue(List.of("t")));
            world.arriveAll();
            UUID session = open(world);
            receive(world, "first", session, 1, Duration.ofSeconds(20));
            world.pass(Duration.ofMillis(seconds * 1_000 - 60));
            world.arriveAll();
            world.queues.getFirst().produce("m", 0);
            world.arriveAll();
            world.pass(Duration.ofMillis(50));
            world.arriveAll();
            assertEquals(1, world.host.group.leases(session).size(), seconds + " s");

            world.pass(GroupConfig.SESSION_TIMEOUT.minusMillis(100));
            assertEquals(1, world.host.group.leases(session).size(), seconds + " s, alive");
            world.pass(Duration.ofMillis(200));
            assertEquals(List.of(), world.host.group.describe(world.nowNs), seconds + " s, over");
        }
    }

    /** A session on behalf of which the owner is being asked for a message. */
    private UUID askedFor() {
        world.arriveAll();
        UUID session = open(world);
        receive("first", session, 3);
        world.queues.getFirst().produce("m", 0);
        world.pass(Duration.ofMillis(50));
        return session;
    }

    private static UUID open(GroupWorld world) {
        return world.host
                .group
                .open(
                        new QueueRequest.Open(
                                Optional.empty(), Optional.empty(), 0, "c", new UUID(9, 9), "g"),
                        world.nowNs)
                .session();
    }

    private void receive(String name, UUID session, int messages) {
        receive(world, name, session, messages, Duration.ofSeconds(5));
    }

    private void receive(GroupWorld world, String name, UUID session, int messages, Duration wait) {
        world.host.group.receive(
                new QueueRequest.Receive(
                        Optional.of(session),
                        Optional.empty(),
                        0,
                        messages,
                        1 << 20,
                        wait,
                        Optional.empty()),
                new Receiver() {
                    @Override
                    public void received(long number, List<QueueReply.Message> messages) {
                        told.add(
                                "%s %d %s"
                                        .formatted(
                                                name,
                                                number,
                                                messages.stream()
                                                        .map(each -> each.delivery().offset())
                                                        .toList()));
                    }

                    @Override
                    public void again(long number, List<Lease> leases) {
                        told.add("again " + number);
                    }

                    @Override
                    public void failed(SluiceException error) {
                        told.add(error.code());
                    }
                },
                world.nowNs);
    }
}
