package sluice.metadata.dynamodb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStoreContract;

class DynamoDbItemStoreTest extends ItemStoreContract {

    private final DynamoDbConfig config =
            LocalDynamoDb.shared().config("t" + UUID.randomUUID() + "-");

    /** Patient, since the machine may be busy with other things. */
    private final DynamoDbItemStore store = DynamoDbItemStore.open(config, Duration.ofSeconds(30));

    @BeforeEach
    void createTables() {
        store.createTables();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected ItemStore store() {
        return store;
    }

    @Nested
    class Tables {

        @Test
        void mayBeCreatedAgainAndKeepTheirItems() {
            store.put(Table.SLOTS, "key", 0, "one", "1");

            store.createTables();

            assertEquals("1", store.get(Table.SLOTS, "key").orElseThrow().body());
        }

        @Test
        void withAnotherPrefixAreMissing() {
            var other =
                    new DynamoDbConfig(
                            config.endpoint(), config.region(), "none-", config.credentials());
            try (var elsewhere = DynamoDbItemStore.open(other)) {
                var missing =
                        assertThrows(
                                SluiceException.class, () -> elsewhere.get(Table.SLOTS, "key"));
                assertEquals("metadata-table-missing", missing.code());
            }
        }
    }
}
