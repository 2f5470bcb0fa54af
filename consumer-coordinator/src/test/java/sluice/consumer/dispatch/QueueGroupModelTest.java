package sluice.consumer.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.QueueConfig;

/** Consumers, coordinators and owners by chance; what each is told is checked where it arrives. */
class QueueGroupModelTest {

    private static final int SEEDS = Integer.getInteger("sluice.dispatch.seeds", 150);

    @Test
    void whateverFailsEachMessageIsDoneOnceAndNoLiveSessionLosesWhatItHas() {
        int acknowledged = 0;
        int lost = 0;
        int resumed = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (ModelConsumer each : run(seed)) {
                acknowledged += each.acknowledged;
                lost += each.lostAnswers;
                resumed += each.resumed;
            }
        }
        System.out.println(
                "seeds=%d acknowledged=%d lostAnswers=%d resumed=%d"
                        .formatted(SEEDS, acknowledged, lost, resumed));
        assertTrue(acknowledged > 50 * SEEDS && lost > SEEDS && resumed > SEEDS / 2, "too little");
    }

    private static QueueConfig config(int inFlightMax, boolean isByPriority) {
        return new QueueConfig(
                List.of("t"),
                new Start.Earliest(),
                GroupConfig.SESSION_TIMEOUT,
                QueueConfig.RECONNECT_GRACE,
                1,
                inFlightMax,
                0,
                QueueConfig.Backoff.USUAL,
                Optional.empty(),
                QueueConfig.OnReject.DEAD_LETTER,
                QueueConfig.ActiveConsumer.ALL,
                false,
                new QueueConfig.Choice(
                        false, isByPriority, QueueConfig.OnExpiry.DROP, Optional.empty()));
    }

    private static List<ModelConsumer> run(long seed) {
        var random = new SplittableRandom(seed);
        int inFlightMax = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1_000;
        var world = new GroupWorld(seed, 1 + random.nextInt(6), config(inFlightMax, seed % 2 == 0));
        var consumers = new ArrayList<ModelConsumer>();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            consumers.add(new ModelConsumer(world, 1 + random.nextInt(4)));
        }
        world.faultsPercent = random.nextInt(3) == 0 ? 0 : random.nextInt(10);
        int produced = 0;
        for (int step = 0; step < 1_500; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    world.queues
                            .get(random.nextInt(world.queues.size()))
                            .produce("m", random.nextInt(10));
                    produced++;
                }
                case 1, 2, 3 -> consumers.get(random.nextInt(consumers.size())).step();
                case 4 -> world.pass(Duration.ofMillis(random.nextInt(60)));
                case 5 -> {
                    if (random.nextInt(60) == 0) {
                        world.takeOver();
                    }
                }
                default -> world.arriveOne();
            }
            assertTrue(world.host.group.inFlight() <= inFlightMax || world.epoch > 1, world.seed);
        }
        calm(world, consumers, produced);
        return consumers;
    }

    /** Nobody fails any more: all is done, and nothing stays with anybody. */
    private static void calm(GroupWorld world, List<ModelConsumer> consumers, int produced) {
        world.faultsPercent = 0;
        consumers.forEach(ModelConsumer::calm);
        for (int round = 0; round < 3_000 && world.done() < produced; round++) {
            consumers.forEach(ModelConsumer::step);
            world.pass(Duration.ofMillis(20));
            world.arriveAll();
        }
        assertEquals(produced, world.done(), world.seed + "not done:" + world.open(produced));
        for (int round = 0; round < 50; round++) {
            world.pass(Duration.ofMillis(20));
            world.arriveAll();
        }
        assertEquals(0, world.host.group.inFlight(), world.seed + "in flight");
    }
}
