package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Fault;

class StoreProbeTest {

    private final MemoryItemStore memory = new MemoryItemStore();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    /** A store that keeps its word until a method is overridden. */
    private class Forwarding implements ItemStore {
        @Override
        public Optional<Item> get(Table table, String key) {
            return memory.get(table, key);
        }

        @Override
        public List<Item> scan(Table table, String prefix) {
            return memory.scan(table, prefix);
        }

        @Override
        public Written put(
                Table table, String key, long expectedVersion, String attempt, String body) {
            return memory.put(table, key, expectedVersion, attempt, body);
        }

        @Override
        public Written delete(Table table, String key, long expectedVersion) {
            return memory.delete(table, key, expectedVersion);
        }

        @Override
        public void close() {}

        long presentVersion(Table table, String key) {
            return memory.get(table, key).map(Item::version).orElse(0L);
        }
    }

    private void assertRefused(String property, ItemStore store) {
        var refused =
                assertThrows(
                        SluiceException.class,
                        () -> new StoreProbe(store, executor, "test").check());
        assertEquals("metadata-store-unfit", refused.code());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("property=" + property + " "),
                String.valueOf(refused.getMessage()));
    }

    @Test
    void aStoreThatKeepsItsWordIsAcceptedAndLeftClean() {
        new StoreProbe(new Forwarding(), executor, "test").check();

        assertEquals(List.of(), memory.scan(Table.CLUSTER, ""));
    }

    @Test
    void whatAProbeLeftThatDiedIsRemoved() {
        memory.put(Table.CLUSTER, "probe/test", 0, "dead", "{}");

        new StoreProbe(new Forwarding(), executor, "test").check();

        assertEquals(List.of(), memory.scan(Table.CLUSTER, ""));
    }

    @Test
    void aStoreThatCannotBeAskedIsNotCalledUnfit() {
        memory.setFaults((call, table, key) -> Fault.LOST_RESPONSE);

        var failure =
                assertThrows(
                        SluiceException.class,
                        () -> new StoreProbe(memory, executor, "test").check());
        assertEquals(SluiceException.Kind.UNAVAILABLE, failure.kind());
    }

    /** Looks, then writes: between the two, others have looked too. */
    private final class LooksThenWrites extends Forwarding {
        private final boolean onCreate;
        private final CyclicBarrier bothLooked = new CyclicBarrier(2);

        LooksThenWrites(boolean onCreate) {
            this.onCreate = onCreate;
        }

        @Override
        public Written put(
                Table table, String key, long expectedVersion, String attempt, String body) {
            if (onCreate != (expectedVersion == 0)
                    || presentVersion(table, key) != expectedVersion) {
                return super.put(table, key, expectedVersion, attempt, body);
            }
            try {
                bothLooked.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            synchronized (this) {
                return super.put(table, key, presentVersion(table, key), attempt, body);
            }
        }
    }

    @Test
    void createsThatAreNotAtomicAreFound() {
        assertRefused("racing-create", new LooksThenWrites(true));
    }

    @Test
    void replacesThatAreNotAtomicAreFound() {
        assertRefused("racing-replace", new LooksThenWrites(false));
    }

    @Test
    void aStoreThatCreatesWhatExistsIsFound() {
        assertRefused(
                "conditional-create",
                new Forwarding() {
                    @Override
                    public Written put(
                            Table table, String key, long expected, String attempt, String body) {
                        boolean race = !attempt.equals("probe-late-create");
                        return super.put(
                                table,
                                key,
                                race ? expected : presentVersion(table, key),
                                attempt,
                                body);
                    }
                });
    }

    @Test
    void aStoreThatReplacesAnOldVersionIsFound() {
        assertRefused(
                "conditional-replace",
                new Forwarding() {
                    @Override
                    public Written put(
                            Table table, String key, long expected, String attempt, String body) {
                        boolean race = !attempt.equals("probe-late-replace");
                        return super.put(
                                table,
                                key,
                                race ? expected : presentVersion(table, key),
                                attempt,
                                body);
                    }
                });
    }

    @Test
    void staleReadsAreFound() {
        assertRefused(
                "consistent-read",
                new Forwarding() {
                    private Optional<Item> before = Optional.empty();

                    @Override
                    public Optional<Item> get(Table table, String key) {
                        var stale = before;
                        before = super.get(table, key);
                        return stale;
                    }
                });
    }

    @Test
    void staleScansAreFound() {
        assertRefused(
                "consistent-scan",
                new Forwarding() {
                    private List<Item> before = List.of();

                    @Override
                    public List<Item> scan(Table table, String prefix) {
                        var stale = before;
                        before = super.scan(table, prefix);
                        return stale;
                    }
                });
    }

    @Test
    void aStoreThatForgetsEarlierAttemptsIsFound() {
        assertRefused(
                "attempt-memory",
                new Forwarding() {
                    @Override
                    public Optional<Item> get(Table table, String key) {
                        return super.get(table, key).map(this::forgetful);
                    }

                    @Override
                    public List<Item> scan(Table table, String prefix) {
                        return super.scan(table, prefix).stream().map(this::forgetful).toList();
                    }

                    private Item forgetful(Item item) {
                        return new Item(
                                item.key(), item.version(), item.attempt(), List.of(), item.body());
                    }
                });
    }

    @Test
    void aDeleteWithoutConditionIsFound() {
        assertRefused(
                "conditional-delete",
                new Forwarding() {
                    @Override
                    public Written delete(Table table, String key, long expected) {
                        return super.delete(table, key, presentVersion(table, key));
                    }
                });
    }

    @Test
    void aDeleteThatDoesNothingIsFound() {
        assertRefused(
                "consistent-read",
                new Forwarding() {
                    @Override
                    public Written delete(Table table, String key, long expected) {
                        return expected == presentVersion(table, key)
                                ? new Written.Applied(0)
                                : new Written.Conflict();
                    }
                });
    }
}
