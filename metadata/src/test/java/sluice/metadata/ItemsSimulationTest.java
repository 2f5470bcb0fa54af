package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/**
 * F24: writers that interleave at every call to the store, and lose requests and responses, from a
 * seed. Each update appends its own number to a list, so that a lost one is missed and one applied
 * twice is seen.
 *
 * <p>One thread: whenever a call is about to reach the store, another writer may first run one of
 * its updates from start to end, which may be interrupted in the same way.
 */
class ItemsSimulationTest {

    private static final int SEEDS = 300;
    private static final int UPDATES = 120;
    private static final int NESTED_MAX = 4;

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyUpdateIsAppliedAsItsAnswerSays(long seed) {
        new World(seed).run();
    }

    @Test
    void theFaultsWereMet() {
        var reached = new World.Reached();
        seeds().limit(100)
                .forEach(seed -> {
                    var world = new World(seed);
                    world.run();
                    reached.add(world.reached);
                });

        assertTrue(reached.applied > 1_000, "" + reached);
        assertTrue(reached.refused > 100, "" + reached);
        assertTrue(reached.unknown > 20, "" + reached);
        assertTrue(reached.unknownApplied > 5, "" + reached);
        assertTrue(reached.unknownLost > 5, "" + reached);
        assertTrue(reached.delayedApplied > 100, "" + reached);
        assertTrue(reached.delayedTooLate > 100, "" + reached);
        assertTrue(reached.lostResponses > 100, "" + reached);
        assertTrue(reached.contended > 100, "" + reached);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertEquals(new World(4711).run(), new World(4711).run());
    }

    private static final class World {

        private final long seed;
        private final SplittableRandom random;
        private final MemoryItemStore store = new MemoryItemStore(this::fault);
        private final Items items;
        private final Set<Integer> applied = new HashSet<>();
        private final Set<Integer> refused = new HashSet<>();
        private final Set<Integer> unknown = new HashSet<>();
        private final int faultPercent;
        final Reached reached = new Reached();
        private int started;
        private int nested;

        World(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.items = new Items(store, random.split(), wait -> arrivals());
            this.faultPercent = random.nextInt(5, 60);
        }

        /** The history of the item, and the numbers by outcome. */
        String run() {
            while (started < UPDATES) {
                update();
            }
            while (store.delayedCount() > 0) {
                arrive();
            }
            check();
            return "" + body() + applied + refused + unknown;
        }

        private void update() {
            int number = started++;
            var races = new int[1];
            try {
                items.update(
                        Table.CLUSTER,
                        "list",
                        found -> {
                            reached.contended += races[0]++ > 0 ? 1 : 0;
                            return Optional.of(found.map(list -> list + ",").orElse("") + number);
                        });
                applied.add(number);
                reached.applied++;
            } catch (SluiceException e) {
                switch (e.kind()) {
                    case UNAVAILABLE -> {
                        refused.add(number);
                        reached.refused++;
                    }
                    case UNKNOWN_OUTCOME -> {
                        unknown.add(number);
                        reached.unknown++;
                    }
                    case INVALID, NOT_FOUND, CONFLICT, FENCED, OVERLOADED, DATA ->
                            throw new AssertionError("seed=" + seed + " number=" + number, e);
                }
            }
            check();
        }

        private Fault fault(Call call, Table table, String key) {
            if (nested < NESTED_MAX && started < UPDATES && random.nextInt(100) < 15) {
                nested++;
                update();
                nested--;
            }
            arrivals();
            if (random.nextInt(100) >= faultPercent) {
                return Fault.NONE;
            }
            Fault fault =
                    switch (random.nextInt(5)) {
                        case 0 -> Fault.REFUSED;
                        case 1 -> Fault.LOST_REQUEST;
                        case 2, 3 -> Fault.LOST_RESPONSE;
                        default -> Fault.DELAYED;
                    };
            reached.lostResponses += fault == Fault.LOST_RESPONSE && call == Call.PUT ? 1 : 0;
            return fault;
        }

        private void arrivals() {
            while (store.delayedCount() > 0 && random.nextInt(100) < 20) {
                arrive();
            }
        }

        private void arrive() {
            if (store.applyDelayed(random.nextInt(store.delayedCount()))
                    instanceof Written.Applied) {
                reached.delayedApplied++;
            } else {
                reached.delayedTooLate++;
            }
        }

        private List<Integer> body() {
            MemoryItemStore.Faults faults = this::fault;
            store.setFaults((call, table, key) -> Fault.NONE);
            var list = new ArrayList<Integer>();
            store.get(Table.CLUSTER, "list")
                    .ifPresent(item -> {
                        for (String number : item.body().split(",", -1)) {
                            list.add(Integer.parseInt(number));
                        }
                    });
            store.setFaults(faults);
            return list;
        }

        private void check() {
            var list = body();
            var found = new HashSet<>(list);
            assertEquals(list.size(), found.size(), "applied twice: seed=" + seed + " " + list);
            assertTrue(
                    found.containsAll(applied),
                    () -> "lost: seed=" + seed + " applied=" + applied + " found=" + list);
            for (int number : refused) {
                assertTrue(!found.contains(number), "refused yet applied: seed=" + seed + number);
            }
            reached.unknownApplied = (int) unknown.stream().filter(found::contains).count();
            reached.unknownLost = unknown.size() - reached.unknownApplied;
        }

        /** How often the run came by what it is meant to exercise. */
        static final class Reached {
            int applied;
            int refused;
            int unknown;
            int unknownApplied;
            int unknownLost;
            int delayedApplied;
            int delayedTooLate;
            int lostResponses;
            int contended;

            void add(Reached other) {
                applied += other.applied;
                refused += other.refused;
                unknown += other.unknown;
                unknownApplied += other.unknownApplied;
                unknownLost += other.unknownLost;
                delayedApplied += other.delayedApplied;
                delayedTooLate += other.delayedTooLate;
                lostResponses += other.lostResponses;
                contended += other.contended;
            }

            @Override
            public String toString() {
                return ("applied=%d refused=%d unknown=%d unknownApplied=%d unknownLost=%d"
                                + " delayedApplied=%d delayedTooLate=%d lostResponses=%d contended=%d")
                        .formatted(
                                applied,
                                refused,
                                unknown,
                                unknownApplied,
                                unknownLost,
                                delayedApplied,
                                delayedTooLate,
                                lostResponses,
                                contended);
            }
        }
    }
}
