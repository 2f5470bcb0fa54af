package sluice.metadata.dynamodb;

import java.time.Duration;
import sluice.metadata.ItemStore.Table;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** The tables' schema, and their creation. */
final class DynamoDbTables {

    private static final Duration POLL_EVERY = Duration.ofMillis(500);
    private static final Duration ACTIVE_WITHIN = Duration.ofMinutes(2);

    private DynamoDbTables() {}

    static void create(DynamoDbClient dynamo, String tablePrefix) {
        try (var waiter =
                DynamoDbWaiter.builder()
                        .client(dynamo)
                        .overrideConfiguration(override ->
                                override.maxAttempts(Integer.MAX_VALUE)
                                        .waitTimeout(ACTIVE_WITHIN)
                                        .backoffStrategyV2(BackoffStrategy.fixedDelay(POLL_EVERY)))
                        .build()) {
            for (Table table : Table.values()) {
                createIfMissing(dynamo, tablePrefix + table.tableName());
            }
            for (Table table : Table.values()) {
                String name = tablePrefix + table.tableName();
                waiter.waitUntilTableExists(describe -> describe.tableName(name));
            }
        } catch (SdkException e) {
            throw Failures.ofRead("call=create-tables prefix=" + tablePrefix, e);
        }
    }

    private static void createIfMissing(DynamoDbClient dynamo, String name) {
        try {
            dynamo.createTable(create ->
                    create.tableName(name)
                            .billingMode(BillingMode.PAY_PER_REQUEST)
                            .attributeDefinitions(text(ItemRow.PARTITION), text(ItemRow.KEY))
                            .keySchema(
                                    key(ItemRow.PARTITION, KeyType.HASH),
                                    key(ItemRow.KEY, KeyType.RANGE)));
        } catch (ResourceInUseException e) {
            // It is there, or another gateway is creating it: waiting for it is all that is left.
            return;
        }
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }
}
