package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.lane.Delay;
import sluice.metadata.GroupConfig;

/** Members that come, go, stall and die at random, while partitions move and calls fail. */
class SessionsSimulationTest {

    private static final int PARTITIONS = 5;
    private static final int STEPS = 600;

    /** One run from one seed. */
    private static final class Run {
        private final long seed;
        private final boolean isAtMostOnce;
        private final SessionWorld world;
        private final RandomGenerator random;
        private final List<Reader> readers = new ArrayList<>();
        private final Map<TopicPartition, BitSet> delivered = new HashMap<>();
        private final Map<TopicPartition, BitSet> twice = new HashMap<>();
        private int moves;
        private int deliveries;

        Run(long seed, boolean isAtMostOnce) {
            this.seed = seed;
            this.isAtMostOnce = isAtMostOnce;
            world =
                    new SessionWorld(
                            seed,
                            isAtMostOnce
                                    ? SessionWorld.atMostOnce()
                                    : GroupConfig.stream(List.of("t")),
                            Delay.ofMicros(100, 30_000));
            world.checksHolds = true;
            random = world.time.random();
        }

        /** A member that checks what it gets. */
        private final class Reader {
            private final SessionWorld.Client client;
            private final Map<TopicPartition, Long> next = new HashMap<>();
            private int seen;
            private boolean isDead;

            Reader(Optional<Reader> before) {
                var positions = new HashMap<TopicPartition, Long>();
                before.ifPresent(reader -> positions.putAll(reader.next));
                client = world.new Client();
                client.join(
                        before.map(reader ->
                                new GroupRequest.Resume(
                                        reader.client.member, reader.client.session.epoch())),
                        positions);
                client.grant(20_000);
            }

            void look() {
                for (; seen < client.events.size(); seen++) {
                    switch (client.events.get(seen)) {
                        case SessionEvent.Assigned(_, var places) ->
                                places.forEach(
                                        place -> next.put(place.partition(), place.position()));
                        case SessionEvent.Lost(_, _, var partitions) ->
                                partitions.forEach(next::remove);
                        case SessionEvent.Revoking(_, _, var partitions) -> finishLater(partitions);
                        case SessionEvent.Records(var chunk) -> took(chunk);
                        case SessionEvent.Ended _ -> isDead = true;
                        default -> {}
                    }
                }
            }

            private void took(Chunk chunk) {
                deliveries++;
                assertEquals(
                        next.get(chunk.partition()),
                        chunk.from(),
                        () -> "records follow each other: seed=" + seed + " " + chunk.partition());
                next.put(chunk.partition(), chunk.nextOffset());
                BitSet got = delivered.computeIfAbsent(chunk.partition(), _ -> new BitSet());
                if (got.get((int) chunk.from(), (int) chunk.nextOffset()).cardinality() > 0) {
                    twice.computeIfAbsent(chunk.partition(), _ -> new BitSet())
                            .set((int) chunk.from(), (int) chunk.nextOffset());
                }
                got.set((int) chunk.from(), (int) chunk.nextOffset());
                client.lane.execute(() -> client.delivery.grant(chunk.bytes()));
            }

            private void finishLater(List<TopicPartition> partitions) {
                if (random.nextInt(10) > 0) {
                    world.scope.schedule(
                            Duration.ofMillis(random.nextInt(500)),
                            () ->
                                    client.lane.execute(() -> {
                                        commitNow();
                                        client.session.release(partitions);
                                    }));
                }
            }

            void commit() {
                client.lane.execute(this::commitNow);
            }

            private void commitNow() {
                if (!isDead && !next.isEmpty() && !isAtMostOnce) {
                    var offsets = new ArrayList<PartitionOffset>();
                    next.forEach((partition, offset) ->
                            offsets.add(new PartitionOffset(partition, offset)));
                    client.session.commit(client.session.epoch(), offsets);
                }
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                act();
                world.runFor(random.nextInt(100));
                readers.forEach(Reader::look);
                readers.removeIf(reader -> reader.isDead);
            }
            settle();
        }

        private void act() {
            switch (random.nextInt(20)) {
                case 0, 1 -> {
                    if (readers.size() < 4) {
                        join();
                    }
                }
                case 2, 3, 4 -> move();
                case 5, 6, 7, 8 ->
                        world.source.append(
                                partition(), 1 + random.nextInt(5), random.nextInt(2_000));
                case 9, 10, 11, 12 -> any().ifPresent(Reader::commit);
                case 13 -> any().ifPresent(this::die);
                case 14 -> any().ifPresent(this::comeBack);
                case 15 -> world.coordinator.setDown(random.nextBoolean());
                case 16 -> world.source.setDown(random.nextBoolean());
                case 17 ->
                        any().ifPresent(reader ->
                                reader.client.lane.execute(
                                        () -> reader.client.session.leave(Reason.LEFT)));
                default -> {
                    world.coordinator.setDown(false);
                    world.source.setDown(false);
                }
            }
        }

        private void join() {
            var reader = new Reader(Optional.empty());
            readers.add(reader);
        }

        private void move() {
            var members = world.coordinator.members();
            if (!members.isEmpty()) {
                moves++;
                world.coordinator.assign(partition(), members.get(random.nextInt(members.size())));
            }
        }

        private void die(Reader reader) {
            reader.client.lane.execute(reader.client.session::drop);
            world.runFor(1);
            reader.look();
            readers.remove(reader);
        }

        private void comeBack(Reader reader) {
            if (reader.client.member.equals(SessionWorld.NOBODY)) {
                return;
            }
            die(reader);
            readers.add(new Reader(Optional.of(reader)));
        }

        private Optional<Reader> any() {
            return readers.isEmpty()
                    ? Optional.empty()
                    : Optional.of(readers.get(random.nextInt(readers.size())));
        }

        private TopicPartition partition() {
            return new TopicPartition("t", random.nextInt(PARTITIONS));
        }

        /** Faults end; one member reads what is left. */
        private void settle() {
            world.coordinator.setDown(false);
            world.source.setDown(false);
            List.copyOf(readers).forEach(this::die);
            world.runFor(40_000);
            var last = new Reader(Optional.empty());
            readers.add(last);
            world.until(() -> !last.client.member.equals(SessionWorld.NOBODY));
            for (int i = 0; i < PARTITIONS; i++) {
                world.coordinator.assign(new TopicPartition("t", i), last.client.member);
            }
            for (int i = 0; i < 100; i++) {
                world.runFor(100);
                last.look();
            }
            for (int i = 0; i < PARTITIONS; i++) {
                var partition = new TopicPartition("t", i);
                int end = (int) world.source.highWatermark(partition);
                BitSet got = delivered.getOrDefault(partition, new BitSet());
                if (!isAtMostOnce) {
                    assertEquals(
                            end,
                            got.nextClearBit(0),
                            "none is lost: seed=" + seed + " " + partition);
                }
                assertEquals(
                        end,
                        last.next.get(partition),
                        "read to the end: seed=" + seed + " " + partition);
                if (isAtMostOnce) {
                    assertEquals(
                            new BitSet(),
                            twice.getOrDefault(partition, new BitSet()),
                            "none comes twice: seed=" + seed + " " + partition);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nothingIsLostAndRecordsFollowEachOther(long seed) {
        new Run(seed, false).run();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void atMostOnceNothingComesTwice(long seed) {
        new Run(seed, true).run();
    }

    @Test
    void theRunsExerciseTheSessions() {
        int deliveries = 0;
        int moves = 0;
        for (long seed = 21; seed < 26; seed++) {
            var run = new Run(seed, false);
            run.run();
            deliveries += run.deliveries;
            moves += run.moves;
        }

        assertTrue(deliveries > 200 && moves > 200, deliveries + " " + moves);
    }
}
