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

/** A call that asks for nothing, while something is on its way that was asked for before. */
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

    /** A session on behalf of which the owner is being asked for a message. */
    private UUID askedFor() {
        world.arriveAll();
        UUID session =
                world.host
                        .group
                        .open(
                                new QueueRequest.Open(
                                        Optional.empty(),
                                        Optional.empty(),
                                        0,
                                        "c",
                                        new UUID(9, 9),
                                        "g"),
                                world.nowNs)
                        .session();
        receive("first", session, 3);
        world.queues.getFirst().produce("m", 0);
        world.pass(Duration.ofMillis(50));
        return session;
    }

    private void receive(String name, UUID session, int messages) {
        world.host.group.receive(
                new QueueRequest.Receive(
                        Optional.of(session),
                        Optional.empty(),
                        0,
                        messages,
                        1 << 20,
                        Duration.ofSeconds(5),
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
