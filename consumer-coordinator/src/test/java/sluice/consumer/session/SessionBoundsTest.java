package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;
import static sluice.consumer.session.SessionWorld.P2;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.TopicPartition;

/** How much a session holds, asks and delivers. */
class SessionBoundsTest {

    private final SessionWorld world = SessionWorld.usual();

    private SessionWorld.Client reading(long records) {
        for (int i = 0; i < records; i++) {
            world.source.append(P0, 1, 100);
        }
        SessionWorld.Client client = world.join();
        world.coordinator.assign(P0, client.member);
        if (records > 0) {
            world.until(() -> client.deliveredTo(P0) == records);
        }
        return client;
    }

    @Test
    void nothingIsDeliveredWithoutCredit() {
        world.source.append(P0, 1, 100);
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        world.runFor(1_000);

        assertEquals(List.of(), client.chunks);
    }

    @Test
    void deliveriesEndWithTheBatchThatUsesTheCreditUp() {
        for (int i = 0; i < 100; i++) {
            world.source.append(P0, 1, 1_000);
        }
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        client.grant(10_000);
        world.runFor(1_000);

        assertTrue(client.deliveredBytes() >= 10_000, () -> "" + client.deliveredBytes());
        assertTrue(client.deliveredBytes() < 11_200, () -> "" + client.deliveredBytes());
    }

    @Test
    void whatWasTooMuchIsTakenOffTheNextCredit() {
        world.source.append(P0, 1, 5_000);
        world.source.append(P0, 1, 10);
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        client.grant(1);
        world.until(() -> client.deliveredTo(P0) == 1);

        client.grant(1_000);
        world.runFor(1_000);
        assertEquals(1, client.deliveredTo(P0));

        client.grant(10_000);
        world.until(() -> client.deliveredTo(P0) == 2);
    }

    @Test
    void noMoreIsReadAheadThanAllowed() {
        for (int i = 0; i < 3_000; i++) {
            world.source.append(P0, 1, 1_000);
            world.source.append(P1, 1, 1_000);
        }
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        world.coordinator.assign(P1, client.member);
        world.runFor(5_000);

        assertTrue(world.room.bytesHeld() > 100_000, () -> "" + world.room.bytesHeld());
        assertTrue(world.room.bytesHeld() <= 1 << 20, () -> "" + world.room.bytesHeld());
    }

    @Test
    void aSessionThatIsFullAsksNoMore() {
        world.limits =
                new SessionLimits(
                        200_000,
                        50_000,
                        1_000,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(250),
                        Duration.ofMillis(100));
        for (int i = 0; i < 300; i++) {
            world.source.append(P0, 1, 1_000);
            world.source.append(P1, 1, 1_000);
            world.source.append(P2, 1, 1_000);
        }
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        for (TopicPartition partition : List.of(P0, P1, P2)) {
            world.coordinator.assign(partition, client.member);
        }
        world.runFor(5_000);

        assertTrue(world.room.bytesHeld() > 100_000, () -> "" + world.room.bytesHeld());
        assertTrue(world.room.bytesHeld() <= 250_000, () -> "" + world.room.bytesHeld());
        assertTrue(world.source.asked().size() < 20, () -> "" + world.source.asked());
    }

    @Test
    void allRoomIsGivenBackAtTheEnd() {
        world.source.append(P0, 100, 1_000);
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        world.runFor(1_000);

        client.on(client.session::drop);
        world.runFor(20_000);

        assertEquals(0, world.room.bytesHeld());
    }

    @Test
    void aBatchLargerThanAllRoomComesThrough() {
        world.source.append(P0, 1, 3 << 20);

        SessionWorld.Client client = world.join();
        world.coordinator.assign(P0, client.member);

        world.until(() -> client.deliveredTo(P0) == 1);
    }

    @Test
    void aFullPartitionDoesNotKeepOthersWaiting() {
        for (int i = 0; i < 5_000; i++) {
            world.source.append(P0, 1, 1_000);
        }
        for (int i = 0; i < 10; i++) {
            world.source.append(P1, 1, 1_000);
        }
        SessionWorld.Client client = world.join(Optional.empty(), Map.of());
        world.coordinator.assign(P0, client.member);
        world.coordinator.assign(P1, client.member);
        world.runFor(100);

        while (client.deliveredTo(P1) < 10) {
            client.grant(64 << 10);
            world.runFor(10);
        }

        assertTrue(client.deliveredTo(P0) < 1_000, () -> "" + client.deliveredTo(P0));
    }

    @Test
    void moreThanMayWaitTakeTurns() {
        world.limits =
                new SessionLimits(
                        1 << 20,
                        256 << 10,
                        1,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(250),
                        Duration.ofMillis(100));
        SessionWorld.Client client = world.join();
        world.coordinator.assign(P0, client.member);
        world.coordinator.assign(P1, client.member);
        world.runFor(2_000);
        assertEquals(1, world.source.waiting());

        world.source.append(P0, 1, 10);
        world.source.append(P1, 1, 10);

        world.until(() -> client.deliveredTo(P0) == 1 && client.deliveredTo(P1) == 1);
    }

    @Test
    void aSourceThatFailsIsAskedAgain() {
        SessionWorld.Client client = reading(1);
        world.source.setDown(true);
        world.source.append(P0, 1, 10);
        world.runFor(3_000);

        world.source.setDown(false);

        world.until(() -> client.deliveredTo(P0) == 2);
    }

    @Test
    void aPausedPartitionIsNotRead() {
        SessionWorld.Client client = reading(1);
        client.on(() -> client.session.pause(List.of(P0)));

        world.source.append(P0, 1, 10);
        world.runFor(20_000);
        assertEquals(1, client.deliveredTo(P0));

        client.on(() -> client.session.resume(List.of(P0)));
        world.until(() -> client.deliveredTo(P0) == 2);
    }
}
