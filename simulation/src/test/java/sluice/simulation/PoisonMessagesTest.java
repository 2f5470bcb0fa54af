package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.metadata.QueueConfig;

/** Messages that no consumer can do are dead letters after their limit, whoever is lost. */
class PoisonMessagesTest extends QueueGroupWorld {

    private static final int MESSAGES = 4;
    private static final int FAILOVERS = 10;
    private static final int LIMIT = FAILOVERS + 2;
    private static final Outcome FAILED = new Outcome.Release(Optional.of(Duration.ZERO), "poison");

    /** How often each was delivered, as the last consumer that had it was told. */
    private final Map<DeliveryId, Integer> counts = new HashMap<>();

    private static DeliveryId place(QueueReply.Message message) {
        DeliveryId id = message.delivery();
        return new DeliveryId(id.queue(), id.partition(), id.offset(), 0);
    }

    private void counted(List<QueueReply.Message> taken) {
        for (QueueReply.Message each : taken) {
            int before = counts.getOrDefault(place(each), 0);
            assertTrue(each.count() > before, () -> "before=" + before + " " + each);
            counts.put(place(each), each.count());
        }
    }

    private void crashed(SimulatedGateway victim) {
        victim.crash();
        cluster.runFor(Duration.ofSeconds(6));
        victim.start();
        cluster.awaitReady();
    }

    @Test
    void eachIsADeadLetterOnceThoughOwnersAndCoordinatorsAreLostTenTimes() {
        messages(MESSAGES, config(QueueConfig.ActiveConsumer.ALL).withDeliveryLimit(LIMIT));
        for (int i = 0; i < LIMIT; i++) {
            UUID session = open(any());
            List<QueueReply.Message> taken = take(session, MESSAGES);
            counted(taken);
            if (i < FAILOVERS) {
                crashed(i % 2 == 0 ? cluster.ownerOf(topic, i % PARTITIONS) : coordinator());
            }
            if (i % 3 == 0) {
                ask(any(), new QueueRequest.Close(session, Optional.empty()));
            } else {
                settle(any(), session, taken, FAILED);
            }
        }
        coordinator().crash();
        cluster.runFor(Duration.ofSeconds(20));

        assertEquals(MESSAGES, counts.size());
        counts.values().forEach(each -> assertEquals(LIMIT, each));
        assertNothingIsReady();
        assertEquals(List.of("v0", "v1", "v2", "v3"), letters().stream().sorted().toList());
        assertAllDone(MESSAGES);
    }
}
