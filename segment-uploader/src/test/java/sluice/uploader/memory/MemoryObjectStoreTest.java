package sluice.uploader.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException.Kind;
import sluice.uploader.BucketLifecycle;
import sluice.uploader.ObjectStore;
import sluice.uploader.ObjectStoreContract;
import sluice.uploader.memory.ObjectFaults.Call;
import sluice.uploader.memory.ObjectFaults.Fate;

class MemoryObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore store = new MemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected BucketLifecycle lifecycle() {
        return store;
    }

    @Nested
    class WithFaults {
        @Test
        void aFailedPutStoresNothing() {
            store.faults((call, key) -> Fate.FAIL_BEFORE);

            assertError(
                    Kind.UNAVAILABLE,
                    "object-store-unavailable",
                    () -> store.put("a", List.of(bytes("x"))));
            assertEquals(List.of(), store.keys());
        }

        @Test
        void aPutWhoseAnswerIsLostStoresAllTheSame() {
            store.faults((call, key) -> Fate.LOSE_RESPONSE);

            assertError(
                    Kind.UNKNOWN_OUTCOME,
                    "object-store-silent",
                    () -> store.put("a", List.of(bytes("x"))));
            assertEquals(List.of("a"), store.keys());
        }

        @Test
        void readsAndListsFailTogether() {
            store.put("a", List.of(bytes("x")));
            store.faults((call, key) -> call == Call.DELETE ? Fate.WELL : Fate.LOSE_RESPONSE);

            assertError(Kind.UNAVAILABLE, "object-store-unavailable", () -> store.read("a", 0, 1));
            assertError(Kind.UNAVAILABLE, "object-store-unavailable", () -> store.list("", "", 1));
            store.delete("a");
            assertEquals(List.of(), store.keys());
        }

        @Test
        void storedBytesCanBeDamagedCutAndLost() {
            store.put("a", List.of(bytes("hello")));

            store.corrupt("a", 1);
            assertNotEquals(bytes("hello"), store.read("a", 0, 5));
            store.truncate("a", 3);
            assertError(Kind.DATA, "short-object", () -> store.read("a", 0, 5));
            store.lose("a");
            assertError(Kind.NOT_FOUND, "missing-object", () -> store.read("a", 0, 3));
        }
    }
}
