package sluice.metadata.dynamodb;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import sluice.metadata.ItemStore.Table;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** The tables' schema, and their creation. */
final class DynamoDbTables {

    private static final Duration POLL_EVERY = Duration.ofMillis(500);
    private static final Duration ACTIVE_WITHIN = Duration.ofMinutes(2);

    private DynamoDbTables() {}

    /** A table that is there costs one question; a gateway's start waits for them. */
    static void create(DynamoDbClient dynamo, String tablePrefix) {
        try {
            List<String> missing =
                    Arrays.stream(Table.values())
                            .map(table -> tablePrefix + table.tableName())
                            .filter(name -> !isActive(dynamo, name))
                            .toList();
            missing.forEach(name -> createIfMissing(dynamo, name));
            awaitActive(dynamo, missing);
        } catch (SdkException e) {
            throw Failures.ofRead("call=create-tables prefix=" + tablePrefix, e);
        }
    }

    private static boolean isActive(DynamoDbClient dynamo, String name) {
        try {
            return dynamo.describeTable(describe -> describe.tableName(name)).table().tableStatus()
                    == TableStatus.ACTIVE;
        } catch (ResourceNotFoundException e) {
            return false;
        }
    }

    private static void awaitActive(DynamoDbClient dynamo, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        try (var waiter =
                DynamoDbWaiter.builder()
                        .client(dynamo)
                        .overrideConfiguration(override ->
                                override.maxAttempts(Integer.MAX_VALUE)
                                        .waitTimeout(ACTIVE_WITHIN)
                                        .backoffStrategyV2(BackoffStrategy.fixedDelay(POLL_EVERY)))
                        .build()) {
            names.forEach(
                    name -> waiter.waitUntilTableExists(describe -> describe.tableName(name)));
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
