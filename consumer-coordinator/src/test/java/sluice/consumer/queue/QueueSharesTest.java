package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.TOPIC;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.offsets;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.MemoryLogs.Sent;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.QueueWorld.Node;

/** Priorities, and tenants that share. */
class QueueSharesTest extends ChoosingQueue {

    @Nested
    class ByPriority {

        private void send(int... priorities) {
            for (int each : priorities) {
                world.send("", MessageAttributes.PRIORITY, Integer.toString(each));
            }
        }

        @Test
        void theHighestGoFirstThenByOffset() {
            send(1, 9, 5, 9);
            world.send("");
            Node node = world.attached("a", BY_PRIORITY);

            assertEquals(List.of(1L, 3L), take(node, 2));
            send(7);
            world.time.runFor(SECOND);

            assertEquals(List.of(5L, 2L, 4L, 0L), take(node, 9));
        }

        @Test
        void whatCameBackGoesFirstInItsLevelOnly() {
            send(1, 1, 9);
            Node node = world.attached("a", BY_PRIORITY);
            List<Delivery> all = world.take(node, ANN, 3);
            assertEquals(List.of(2L, 0L, 1L), offsets(all));
            send(9, 1);
            world.time.runFor(SECOND);
            var now = new Settlement.Outcome.Release(Optional.of(Duration.ZERO), "");
            world.settled(node, ANN, all.subList(2, 3), now);

            assertEquals(List.of(3L, 1L, 4L), take(node, 9));
        }

        @Test
        void theHighestLevelIsTold() {
            send(1, 8, 1);
            Node node = world.attached("a", BY_PRIORITY);
            assertEquals(List.of(1L), take(node, 1));

            assertEquals(1, world.numbers(node).backlog().level());
        }

        @Test
        void theNextOwnerGoesOnInThatOrder() {
            send(1, 9, 2, 8, 3, 7);
            Node node = world.attached("a", BY_PRIORITY);
            take(node, 1);

            assertEquals(List.of(3L, 5L, 4L, 2L, 0L), takeAll(next(node, BY_PRIORITY), 5));
        }
    }

    @Nested
    class ByTenant {

        private void send(String tenant, int count) {
            var all = new ArrayList<Sent>();
            for (int i = 0; i < count; i++) {
                all.add(Sent.of("", "tenant", tenant));
                if (all.size() == 500 || i == count - 1) {
                    world.logs.publish(TOPIC, all);
                    all.clear();
                }
            }
        }

        private static final int LARGE = 150_000;

        @Test
        void aSmallOneIsNotHeldUpByALargeOne() {
            Node node = world.attached("a", tenants(0, Map.of()));
            send("a", LARGE);
            take(node, 1);
            send("b", 10);
            world.time.runFor(SECOND);

            var seen = new ArrayList<Long>();
            for (int i = 0; i < 10; i++) {
                List<Delivery> taken = world.take(node, ANN, 10);
                seen.addAll(offsets(taken));
                world.acknowledged(node, ANN, taken);
            }

            assertEquals(10, seen.stream().filter(each -> each >= LARGE).count());
        }

        @Test
        void timeInFlightCountsByWeight() {
            send("a", 200);
            send("b", 200);
            Node node = world.attached("a", tenants(0, Map.of("b", 3)));
            int[] ofB = {0};
            for (int i = 0; i < 100; i++) {
                List<Delivery> taken = world.take(node, ANN, 1);
                ofB[0] += taken.getFirst().record().offset() >= 200 ? 1 : 0;
                world.time.runFor(Duration.ofMillis(100));
                world.acknowledged(node, ANN, taken);
            }

            assertTrue(ofB[0] >= 72 && ofB[0] <= 78, () -> "of b=" + ofB[0]);
        }

        @Test
        void whoseMessagesTakeLongGetsFewer() {
            send("slow", 200);
            send("quick", 200);
            Node node = world.attached("a", tenants(0, Map.of()));
            int[] ofQuick = {0};
            for (int i = 0; i < 100; i++) {
                List<Delivery> taken = world.take(node, ANN, 1);
                boolean isQuick = taken.getFirst().record().offset() >= 200;
                ofQuick[0] += isQuick ? 1 : 0;
                world.time.runFor(Duration.ofMillis(isQuick ? 100 : 900));
                world.acknowledged(node, ANN, taken);
            }

            assertTrue(ofQuick[0] >= 87 && ofQuick[0] <= 92, () -> "of quick=" + ofQuick[0]);
        }

        @Test
        void whatTakesNoTimeTakesTurns() {
            send("a", 20);
            send("b", 20);
            Node node = world.attached("a", tenants(0, Map.of()));

            List<Long> taken = take(node, 10);

            assertEquals(5, taken.stream().filter(each -> each >= 20).count(), taken::toString);
        }

        @Test
        void whoeverWasIdleHasNoCreditFromThen() {
            send("a", 200);
            Node node = world.attached("a", tenants(0, Map.of()));
            for (int i = 0; i < 50; i++) {
                List<Delivery> taken = world.take(node, ANN, 1);
                world.time.runFor(Duration.ofMillis(100));
                world.acknowledged(node, ANN, taken);
            }
            send("b", 100);
            world.time.runFor(SECOND);

            int ofB = 0;
            for (int i = 0; i < 40; i++) {
                List<Delivery> taken = world.take(node, ANN, 1);
                ofB += taken.getFirst().record().offset() >= 200 ? 1 : 0;
                world.time.runFor(Duration.ofMillis(100));
                world.acknowledged(node, ANN, taken);
            }

            assertTrue(ofB >= 19 && ofB <= 21, "of b=" + ofB);
        }

        @Test
        void whatIsDueLaterIsNotMissedBehindWhatMayNotGoYet() {
            send("a", 2);
            send("b", 1);
            Node node = world.attached("a", tenants(2, Map.of()));
            List<Delivery> taken = world.take(node, ANN, 9);
            assertEquals(Set.of(0L, 1L, 2L), Set.copyOf(offsets(taken)));
            for (Delivery each : taken) {
                long delayMs = each.record().offset() == 2 ? 1_000 : 0;
                if (each.record().offset() != 1) {
                    var release =
                            new Settlement.Outcome.Release(
                                    Optional.of(Duration.ofMillis(delayMs)), "");
                    world.settled(node, ANN, List.of(each), release);
                }
            }
            world.attach(node, tenants(1, Map.of()));
            long fromMs = world.time.wallMs();

            var acquired =
                    (Acquired)
                            world.reply(node, world.acquire(SECOND.multipliedBy(9), grant(ANN, 1)));

            assertEquals(List.of(2L), offsets(acquired.granted().getFirst()));
            long waitedMs = world.time.wallMs() - fromMs;
            assertTrue(waitedMs < 1_050, () -> "waitedMs=" + waitedMs);
        }

        @Test
        void noneHasMoreInFlightThanItMayAlsoAtTheNextOwner() {
            QueueChoice choice = tenants(2, Map.of());
            send("a", 5);
            send("b", 1);
            Node node = world.attached("a", choice);
            List<Delivery> taken = world.take(node, ANN, 9);
            assertEquals(3, taken.size());

            Node next = next(node, choice);

            assertEquals(List.of(), take(next, 9));
            assertEquals(0, world.numbers(next).backlog().ready());
            assertEquals(
                    List.of(
                            new PartitionReply.Tenant("a", 3, 2),
                            new PartitionReply.Tenant("b", 0, 1)),
                    world.numbers(next).tenants());
            List<Delivery> ofA = taken.stream().filter(each -> each.record().offset() < 5).toList();
            assertEquals(
                    new Settlement.Result.Done(false),
                    world.settled(next, ANN, ofA.subList(0, 1), ACK).getFirst());
            assertEquals(List.of(2L), take(next, 9));
        }
    }
}
