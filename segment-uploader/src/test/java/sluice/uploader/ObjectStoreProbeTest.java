package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.uploader.memory.MemoryObjectStore;

class ObjectStoreProbeTest {

    private final MemoryObjectStore memory = new MemoryObjectStore();

    @Test
    void aStoreWithAStaleListIsRefused() {
        assertRefused(
                "list after put",
                new Bent() {
                    @Override
                    public List<Found> list(String prefix, String after, int max) {
                        return List.of();
                    }
                });
    }

    @Test
    void aStoreThatIgnoresRangesIsRefused() {
        assertRefused(
                "read of a range",
                new Bent() {
                    @Override
                    public ByteBuffer read(String key, long from, int length) {
                        return memory.read(key, 0, length);
                    }
                });
    }

    @Test
    void aStoreThatKeepsTheFirstOfTwoPutsIsRefused() {
        assertRefused(
                "read after a second put",
                new Bent() {
                    private boolean written;

                    @Override
                    public void put(String key, List<ByteBuffer> body) {
                        if (!written) {
                            memory.put(key, body);
                        }
                        written = true;
                    }
                });
    }

    @Test
    void aStoreThatDoesNotDeleteIsRefused() {
        assertRefused(
                "nothing found after delete",
                new Bent() {
                    @Override
                    public void delete(String key) {}
                });
    }

    @Test
    void aBucketWithARuleThatDeletesTooEarlyIsRefused() {
        memory.bucketRules(
                Optional.of(
                        List.of(
                                new BucketLifecycle.Rule(
                                        "tidy-up", "data/", true, OptionalInt.of(5)))));

        var error = assertThrows(SluiceException.class, () -> probe(memory));

        assertEquals("lifecycle-deletes-early", error.code());
    }

    @Test
    void aStoreWithoutLifecycleRulesIsTolerated() {
        memory.bucketRules(Optional.empty());

        probe(memory);

        assertEquals(List.of(), memory.keys());
    }

    private void assertRefused(String promise, ObjectStore store) {
        var error = assertThrows(SluiceException.class, () -> probe(store));

        assertEquals("store-breaks-promise", error.code());
        assertTrue(String.valueOf(error.getMessage()).contains("'" + promise + "'"));
    }

    private void probe(ObjectStore store) {
        new ObjectStoreProbe(store, memory, new Random(1)).run();
    }

    /** Keeps every promise but the one a test overrides. */
    private class Bent implements ObjectStore {
        @Override
        public void put(String key, List<ByteBuffer> body) {
            memory.put(key, body);
        }

        @Override
        public ByteBuffer read(String key, long from, int length) {
            return memory.read(key, from, length);
        }

        @Override
        public List<Found> list(String prefix, String after, int max) {
            return memory.list(prefix, after, max);
        }

        @Override
        public void delete(String key) {
            memory.delete(key);
        }

        @Override
        public void close() {}
    }
}
