package sluice.metadata.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore;
import sluice.metadata.ItemStoreContract;
import sluice.metadata.memory.MemoryItemStore.Fault;

class MemoryItemStoreTest extends ItemStoreContract {

    private final MemoryItemStore memory = new MemoryItemStore();

    @Override
    protected ItemStore store() {
        return memory;
    }

    @Nested
    class UnderFaults {

        private Kind kindOfPut(Fault fault) {
            memory.setFaults((call, table, key) -> fault);
            Kind kind =
                    assertThrows(
                                    SluiceException.class,
                                    () -> memory.put(ItemStore.Table.WALS, "key", 0, "a", "1"))
                            .kind();
            memory.setFaults((call, table, key) -> Fault.NONE);
            return kind;
        }

        private Optional<String> body() {
            return memory.get(ItemStore.Table.WALS, "key").map(ItemStore.Item::body);
        }

        @Test
        void aRefusedWriteIsNotApplied() {
            assertEquals(Kind.UNAVAILABLE, kindOfPut(Fault.REFUSED));
            assertEquals(Optional.empty(), body());
        }

        @Test
        void aLostRequestIsNotApplied() {
            assertEquals(Kind.UNKNOWN_OUTCOME, kindOfPut(Fault.LOST_REQUEST));
            assertEquals(Optional.empty(), body());
        }

        @Test
        void aLostResponseIsApplied() {
            assertEquals(Kind.UNKNOWN_OUTCOME, kindOfPut(Fault.LOST_RESPONSE));
            assertEquals(Optional.of("1"), body());
        }

        @Test
        void aDelayedWriteIsAppliedWhenItArrives() {
            assertEquals(Kind.UNKNOWN_OUTCOME, kindOfPut(Fault.DELAYED));
            assertEquals(Optional.empty(), body());

            assertEquals(1, memory.delayedCount());
            assertInstanceOf(ItemStore.Written.Applied.class, memory.applyDelayed(0));
            assertEquals(Optional.of("1"), body());
        }

        @Test
        void aDelayedWriteIsRefusedIfOthersCameFirst() {
            kindOfPut(Fault.DELAYED);
            memory.put(ItemStore.Table.WALS, "key", 0, "b", "2");

            assertEquals(new ItemStore.Written.Conflict(), memory.applyDelayed(0));
            assertEquals(Optional.of("2"), body());
        }

        @Test
        void aReadFailsAsUnavailable() {
            memory.setFaults((call, table, key) -> Fault.LOST_RESPONSE);

            assertEquals(
                    Kind.UNAVAILABLE,
                    assertThrows(
                                    SluiceException.class,
                                    () -> memory.get(ItemStore.Table.WALS, "key"))
                            .kind());
            assertEquals(
                    Kind.UNAVAILABLE,
                    assertThrows(SluiceException.class, () -> memory.scan(ItemStore.Table.WALS, ""))
                            .kind());
        }
    }
}
