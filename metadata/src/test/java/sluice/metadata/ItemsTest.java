package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

class ItemsTest {

    private static final Table TABLE = Table.WALS;
    private static final String KEY = "key";

    private final ArrayDeque<Fault> writeFaults = new ArrayDeque<>();
    private final ArrayDeque<Runnable> beforeGets = new ArrayDeque<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final MemoryItemStore store = new MemoryItemStore(this::fault);
    private final Items items = new Items(store, new SplittableRandom(7), pauses::add);

    private Fault fault(Call call, Table table, String key) {
        calls.add(call);
        if (call == Call.GET) {
            if (!beforeGets.isEmpty()) {
                beforeGets.poll().run();
            }
            return Fault.NONE;
        }
        return call == Call.SCAN || writeFaults.isEmpty() ? Fault.NONE : writeFaults.poll();
    }

    private void writesMeet(Fault... faults) {
        writeFaults.addAll(List.of(faults));
    }

    /** A write by somebody else, which meets no fault. */
    private long byAnother(long expectedVersion, String attempt) {
        var mine = new ArrayList<>(writeFaults);
        writeFaults.clear();
        var written = store.put(TABLE, KEY, expectedVersion, attempt, "other");
        writeFaults.addAll(mine);
        return ((Written.Applied) written).version();
    }

    private Optional<String> body() {
        return store.get(TABLE, KEY).map(Item::body);
    }

    private long version() {
        return store.get(TABLE, KEY).map(Item::version).orElse(0L);
    }

    private long written(Fault... faults) {
        long expected = version();
        writesMeet(faults);
        var result = items.write(TABLE, KEY, expected, "mine");
        return ((Written.Applied) result).version();
    }

    private Kind kindOf(Runnable call) {
        return assertThrows(SluiceException.class, call::run).kind();
    }

    @Nested
    class AWriteWhoseResponseIsLost {

        @Test
        void wasAppliedIfItsAttemptIsFound() {
            byAnother(0, "a");
            long expected = version();

            assertEquals(expected + 1, written(Fault.LOST_RESPONSE));
            assertEquals(Optional.of("mine"), body());
        }

        @Test
        void wasAppliedIfItCreatedTheItem() {
            long version = written(Fault.LOST_RESPONSE);

            assertEquals(version(), version);
        }

        @Test
        void wasAppliedEvenIfOthersWroteSince() {
            long first = byAnother(0, "a");
            beforeGets.add(() -> byAnother(byAnother(first + 1, "b"), "c"));
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(new Written.Applied(first + 1), items.write(TABLE, KEY, first, "mine"));
            assertEquals(Optional.of("other"), body());
        }

        @Test
        void isNotKnownOnceTheItemForgot() {
            long first = byAnother(0, "a");
            beforeGets.add(() -> {
                for (int i = 1; i <= ItemStore.EARLIER_MAX + 1; i++) {
                    byAnother(first + i, "b" + i);
                }
            });
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(
                    Kind.UNKNOWN_OUTCOME, kindOf(() -> items.write(TABLE, KEY, first, "mine")));
        }

        @Test
        void isNotKnownOnceTheItemIsGone() {
            long first = byAnother(0, "a");
            beforeGets.add(() -> store.delete(TABLE, KEY, first + 1));
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(
                    Kind.UNKNOWN_OUTCOME, kindOf(() -> items.write(TABLE, KEY, first, "mine")));
        }

        @Test
        void isAConflictIfAnotherTookTheVersion() {
            long first = byAnother(0, "a");
            byAnother(first, "b");
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(new Written.Conflict(), items.write(TABLE, KEY, first, "mine"));
        }

        @Test
        void isAConflictIfAnotherCreatedTheItem() {
            byAnother(0, "a");
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(new Written.Conflict(), items.write(TABLE, KEY, 0, "mine"));
        }
    }

    @Nested
    class AWriteThatIsUnderWay {

        @Test
        void isRepeatedWhileTheVersionStands() {
            long first = byAnother(0, "a");

            assertEquals(first + 1, written(Fault.LOST_REQUEST, Fault.LOST_REQUEST));
            assertEquals(1 + 3, calls.stream().filter(Call.PUT::equals).count());
            assertEquals(1, pauses.size());
        }

        @Test
        void changesNothingIfItArrivesAfterItsRepeat() {
            byAnother(0, "a");
            long version = written(Fault.DELAYED);
            Optional<Item> after = store.get(TABLE, KEY);

            assertEquals(new Written.Conflict(), store.applyDelayed(0));
            assertEquals(after, store.get(TABLE, KEY));
            assertEquals(version, version());
        }

        @Test
        void isNotAConflictIfItArrivesBeforeItsRepeat() {
            long first = byAnother(0, "a");
            writesMeet(Fault.DELAYED);
            // After the look that finds the old version, and before the repeat, the first arrives.
            store.setFaults((call, table, key) -> {
                if (call == Call.PUT && store.delayedCount() > 0) {
                    store.applyDelayed(0);
                }
                return fault(call, table, key);
            });

            assertEquals(new Written.Applied(first + 1), items.write(TABLE, KEY, first, "mine"));
            assertEquals(first + 1, version());
        }

        @Test
        void isUnknownAfterABoundedNumberOfTries() {
            byAnother(0, "a");
            for (int i = 0; i < 100; i++) {
                writesMeet(Fault.LOST_REQUEST);
            }

            assertEquals(
                    Kind.UNKNOWN_OUTCOME, kindOf(() -> items.write(TABLE, KEY, version(), "mine")));
            assertEquals(Items.LOOKS_MAX, 100 - writeFaults.size());
            assertEquals(Items.LOOKS_MAX, pauses.size());
        }

        @Test
        void staysUnknownWhenItsRepeatIsRefused() {
            byAnother(0, "a");
            writesMeet(Fault.DELAYED);
            for (int i = 0; i < 100; i++) {
                writesMeet(Fault.REFUSED);
            }

            assertEquals(
                    Kind.UNKNOWN_OUTCOME, kindOf(() -> items.write(TABLE, KEY, version(), "mine")));
        }

        @Test
        void waitsLongerEachTime() {
            for (int i = 0; i < 100; i++) {
                writesMeet(Fault.LOST_REQUEST);
            }
            kindOf(() -> items.write(TABLE, KEY, 0, "mine"));

            assertTrue(pauses.getFirst().toMillis() <= 20, "first=" + pauses.getFirst());
            assertTrue(pauses.getLast().toMillis() >= 300, "last=" + pauses.getLast());
        }
    }

    @Nested
    class AWriteWithAClearAnswer {

        @Test
        void isSentOnceWhenApplied() {
            written();

            assertEquals(1, calls.stream().filter(Call.PUT::equals).count());
        }

        @Test
        void isNotRepeatedWhenRefused() {
            writesMeet(Fault.REFUSED);

            assertEquals(Kind.UNAVAILABLE, kindOf(() -> items.write(TABLE, KEY, 0, "mine")));
            assertEquals(List.of(Call.PUT), calls);
        }

        @Test
        void hasAnAttemptIdOfItsOwn() {
            items.write(TABLE, "one", 0, "mine");
            items.write(TABLE, "two", 0, "mine");

            assertNotEquals(
                    store.get(TABLE, "one").orElseThrow().attempt(),
                    store.get(TABLE, "two").orElseThrow().attempt());
        }
    }

    @Nested
    class ARemovalWithoutAnAnswer {

        @Test
        void wasAppliedIfTheItemIsGone() {
            long version = byAnother(0, "a");
            writesMeet(Fault.LOST_RESPONSE);

            assertEquals(new Written.Applied(0), items.delete(TABLE, KEY, version));
        }

        @Test
        void isRepeatedWhileTheVersionStands() {
            long version = byAnother(0, "a");
            writesMeet(Fault.LOST_REQUEST);

            assertEquals(new Written.Applied(0), items.delete(TABLE, KEY, version));
            assertEquals(Optional.empty(), body());
        }

        @Test
        void isAConflictIfAnotherVersionIsThere() {
            long version = byAnother(0, "a");
            byAnother(version, "b");
            writesMeet(Fault.LOST_REQUEST);

            assertEquals(new Written.Conflict(), items.delete(TABLE, KEY, version));
            assertEquals(Optional.of("other"), body());
        }
    }

    @Nested
    class AnUpdate {

        @Test
        void startsAgainWithWhatOthersWrote() {
            long first = byAnother(0, "a");
            var seen = new ArrayList<Optional<String>>();

            var written =
                    items.update(
                            TABLE,
                            KEY,
                            found -> {
                                if (seen.isEmpty()) {
                                    byAnother(first, "b");
                                }
                                seen.add(found);
                                return found.map(body -> body + "+mine");
                            });

            assertEquals(Optional.of(new Versioned<>("other+mine", first + 2)), written);
            assertEquals(2, seen.size());
        }

        @Test
        void leavesTheItemIfThereIsNothingToChange() {
            long first = byAnother(0, "a");

            assertEquals(
                    Optional.of(new Versioned<>("other", first)),
                    items.update(TABLE, KEY, found -> Optional.empty()));
            assertEquals(Optional.empty(), items.update(TABLE, "none", found -> Optional.empty()));
        }

        @Test
        void givesUpAfterABoundedNumberOfRaces() {
            byAnother(0, "a");
            var races = new ArrayList<Long>();

            var contended =
                    assertThrows(
                            SluiceException.class,
                            () ->
                                    items.update(
                                            TABLE,
                                            KEY,
                                            found -> {
                                                races.add(byAnother(version(), "b" + races.size()));
                                                return Optional.of("mine");
                                            }));

            assertEquals("metadata-contended", contended.code());
            assertEquals(Kind.UNAVAILABLE, contended.kind());
            assertEquals(Items.RACES_MAX, races.size());
        }
    }
}
