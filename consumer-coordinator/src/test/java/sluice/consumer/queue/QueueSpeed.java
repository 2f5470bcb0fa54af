package sluice.consumer.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import sluice.consumer.queue.MemoryLogs.Sent;
import sluice.consumer.queue.QueueWorld.Node;

/**
 * How many messages a second one queue leases and has acknowledged one by one: the machine alone,
 * and with its log and records in memory, on one thread. And how much memory a million messages
 * take that wait. To be run by hand; it tests nothing.
 */
final class QueueSpeed {

    private static final int MESSAGES = 300_000;
    private static final int GRANT = 100;

    private static final QueueChoice BY_TENANT =
            new QueueChoice(
                    false,
                    false,
                    false,
                    Optional.of(new QueueChoice.Tenants("tenant", 0, Map.of())));

    private QueueSpeed() {}

    public static void main(String[] args) {
        memory("delayed by up to a month", QueueSpeed::delayed);
        memory("behind one key, each tenth message", QueueSpeed::behind);
        memory("ready in ten lines by turns", QueueSpeed::inLines);
        for (int round = 0; round < 3; round++) {
            say("machine alone", machine());
            say("plain", queue(QueueChoice.PLAIN));
            say("by priority", queue(new QueueChoice(false, true, false, Optional.empty())));
            say("by key", queue(new QueueChoice(true, false, false, Optional.empty())));
            say("by 7 tenants", queue(BY_TENANT));
            say("by 2,000 tenants", queue(BY_TENANT, GRANT, 2_000));
            say("plain, 1 at a time", queue(QueueChoice.PLAIN, 1, 7));
            say(
                    "by key, 1 at a time",
                    queue(new QueueChoice(true, false, false, Optional.empty()), 1, 7));
        }
    }

    private static void memory(String what, Consumer<MessagesThatWait> fill) {
        long before = usedBytes();
        var waiting = new MessagesThatWait();
        waiting.byKey(true);
        fill.accept(waiting);
        System.out.printf(
                "a million %-34s %,12d bytes of heap, taken for %,d%n",
                what, usedBytes() - before, waiting.bytes());
    }

    private static long usedBytes() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void delayed(MessagesThatWait waiting) {
        var random = new Random(1);
        long monthMs = Duration.ofDays(30).toMillis();
        for (long offset = 0; offset < 1_000_000; offset++) {
            long untilMs = 1_700_000_000_000L + random.nextLong(monthMs);
            waiting.place(
                    new Spot.Later(
                            Line.PLAIN, List.of(new Spot.Late(offset, untilMs, Mark.NO_KEY))));
        }
    }

    private static void behind(MessagesThatWait waiting) {
        waiting.place(new Spot.Heads(Line.PLAIN, List.of(new Spot.Head(0, 5))));
        for (long offset = 1; offset < 10_000_000; offset += 10) {
            waiting.place(new Spot.Behind(Line.PLAIN, 5, List.of(new Spot.Run(offset, 1))));
        }
    }

    private static void inLines(MessagesThatWait waiting) {
        for (long offset = 0; offset < 1_000_000; offset++) {
            waiting.place(
                    new Spot.Ready(
                            new Line((int) (offset % 10), ""), List.of(new Spot.Run(offset, 1))));
        }
    }

    private static void say(String what, double perSecond) {
        System.out.printf("%-20s %,12.0f leases and acknowledgements a second%n", what, perSecond);
    }

    private static double machine() {
        var machine = new QueueMachine(new QueueState(QueueLimits.DEFAULT), QueueLimits.DEFAULT);
        var out = new ArrayList<Change>();
        machine.attach(1, QueuePolicy.DEFAULT, out);
        machine.reset(0, 1, out);
        var session = Optional.of(new UUID(1, 1));
        int messages = 3_000_000;
        long startNs = System.nanoTime();
        for (long next = 0; next < messages; next += GRANT) {
            out.clear();
            List<Long> offsets = LongStream.range(next, next + GRANT).boxed().toList();
            long lease =
                    machine.acquire(
                            session,
                            OptionalLong.empty(),
                            offsets,
                            List.of(),
                            next + GRANT,
                            2,
                            out);
            for (long offset : offsets) {
                machine.settle(
                        List.of(
                                new Settlement(
                                        offset,
                                        lease++,
                                        session,
                                        new Settlement.Outcome.Acknowledge())),
                        3,
                        () -> 0,
                        out);
            }
        }
        return messages * 1e9 / (System.nanoTime() - startNs);
    }

    private static double queue(QueueChoice choice) {
        return queue(choice, GRANT, 7);
    }

    private static double queue(QueueChoice choice, int grant, int tenants) {
        var world = new QueueWorld(1);
        var batch = new ArrayList<Sent>();
        for (int i = 0; i < MESSAGES; i++) {
            batch.add(
                    Sent.of(
                            "key-" + i % 1_000,
                            MessageAttributes.PRIORITY,
                            "" + i % 10,
                            "tenant",
                            "t" + i % tenants));
            if (batch.size() == 500) {
                world.logs.publish(QueueWorld.TOPIC, batch);
                batch.clear();
            }
        }
        Node node = world.attached("a", choice);
        UUID session = new UUID(1, 1);
        long startNs = System.nanoTime();
        int done = 0;
        while (done < MESSAGES) {
            List<Delivery> taken = world.take(node, session, grant);
            for (Delivery each : taken) {
                world.ask(
                        node,
                        1,
                        QueueWorld.settle(
                                session, List.of(each), new Settlement.Outcome.Acknowledge()));
            }
            world.time.runFor(Duration.ofMillis(3));
            done += taken.size();
        }
        return MESSAGES * 1e9 / (System.nanoTime() - startNs);
    }
}
