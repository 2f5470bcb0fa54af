package sluice.metadata.dynamodb;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import sluice.metadata.ItemStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/**
 * The tables in DynamoDB, one table each, named prefix + table name, with rows as {@link ItemRow}
 * lays them out. All reads are strongly consistent.
 *
 * <p>Neither the SDK nor its HTTP client repeats a request: a repeat that the caller does not know
 * of would make an applied write look like a lost race. Safe from any thread.
 */
public final class DynamoDbItemStore implements ItemStore {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
    private static final Duration CALL_MAX = Duration.ofSeconds(4);
    private static final int CONNECTIONS_MAX = 64;

    /** A local server that has just started takes its time for the first table. */
    private static final Duration CREATE_MAX = Duration.ofSeconds(60);

    /** Attributes by number, since some of their names are DynamoDB's own words. */
    private static final String REPLACE = replaceExpression();

    private final DynamoDbConfig config;
    private final DynamoDbClient dynamo;

    private DynamoDbItemStore(DynamoDbConfig config, DynamoDbClient dynamo) {
        this.config = config;
        this.dynamo = dynamo;
    }

    /** Connects at the first call; the caller owns what is returned. */
    public static DynamoDbItemStore open(DynamoDbConfig config) {
        return open(config, CALL_MAX);
    }

    static DynamoDbItemStore open(DynamoDbConfig config, Duration callMax) {
        return new DynamoDbItemStore(config, client(config, callMax));
    }

    private static DynamoDbClient client(DynamoDbConfig config, Duration callMax) {
        var http =
                Apache5HttpClient.builder()
                        .maxConnections(CONNECTIONS_MAX)
                        .connectionTimeout(CONNECT_MAX)
                        .connectionAcquisitionTimeout(CONNECT_MAX)
                        .socketTimeout(callMax);
        if (config.endpoint().map(URI::getScheme).filter("http"::equals).isPresent()) {
            // It would read all of the system's certificates, a tenth of a gateway's start.
            http.tlsTrustManagersProvider(() -> new TrustManager[0]);
        }
        var builder =
                DynamoDbClient.builder()
                        .region(Region.of(config.region()))
                        .endpointDiscoveryEnabled(false)
                        .httpClientBuilder(http)
                        .overrideConfiguration(override ->
                                override.retryStrategy(DefaultRetryStrategy.doNotRetry())
                                        .apiCallTimeout(callMax));
        config.endpoint().ifPresent(builder::endpointOverride);
        config.credentials()
                .ifPresent(keys ->
                        builder.credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                keys.accessKeyId(), keys.secretAccessKey()))));
        return builder.build();
    }

    /**
     * Creates the tables that are missing, billed on demand, and returns when all of them can be
     * used. For development and tests; elsewhere tables are made before gateways start.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE; calling again goes on
     */
    public void createTables() {
        try (var patient = client(config, CREATE_MAX)) {
            DynamoDbTables.create(patient, config.tablePrefix());
        }
    }

    @Override
    public Optional<Item> get(Table table, String key) {
        var row =
                read(
                        described("get", table, key),
                        () ->
                                dynamo.getItem(get ->
                                                get.tableName(name(table))
                                                        .key(ItemRow.key(key))
                                                        .consistentRead(true))
                                        .item());
        return row.isEmpty() ? Optional.empty() : Optional.of(ItemRow.item(table, row));
    }

    @Override
    public List<Item> scan(Table table, String prefix) {
        return prefix.indexOf('/') >= 0
                ? queried(table, prefix, "", Integer.MAX_VALUE)
                : scanned(table, prefix);
    }

    @Override
    public List<Item> scanAfter(Table table, String prefix, String afterKey, int max) {
        return prefix.indexOf('/') >= 0
                ? queried(table, prefix, afterKey, max)
                : ItemStore.super.scanAfter(table, prefix, afterKey, max);
    }

    @Override
    public Written put(Table table, String key, long expectedVersion, String attempt, String body) {
        ItemStore.checkLimits(table, key, body);
        return expectedVersion == 0
                ? create(table, key, attempt, body)
                : replace(table, key, expectedVersion, attempt, body);
    }

    @Override
    public Written delete(Table table, String key, long expectedVersion) {
        return written(
                described("delete", table, key),
                () ->
                        dynamo.deleteItem(delete ->
                                delete.tableName(name(table))
                                        .key(ItemRow.key(key))
                                        .conditionExpression("#v = :expected")
                                        .expressionAttributeNames(Map.of("#v", ItemRow.VERSION))
                                        .expressionAttributeValues(
                                                Map.of(
                                                        ":expected",
                                                        ItemRow.number(expectedVersion)))),
                0);
    }

    @Override
    public void close() {
        dynamo.close();
    }

    private Written create(Table table, String key, String attempt, String body) {
        return written(
                described("create", table, key),
                () ->
                        dynamo.putItem(put ->
                                put.tableName(name(table))
                                        .item(ItemRow.first(key, attempt, body))
                                        .conditionExpression("attribute_not_exists(#v)")
                                        .expressionAttributeNames(Map.of("#v", ItemRow.VERSION))),
                ItemStore.firstVersion(attempt));
    }

    private Written replace(
            Table table, String key, long expectedVersion, String attempt, String body) {
        var names = new HashMap<String, String>();
        names.put("#v", ItemRow.VERSION);
        names.put("#b", ItemRow.BODY);
        names.put("#a0", ItemRow.ATTEMPT);
        for (int age = 1; age <= EARLIER_MAX; age++) {
            names.put("#a" + age, ItemRow.earlierAttempt(age));
        }
        var values = new HashMap<String, AttributeValue>();
        values.put(":expected", ItemRow.number(expectedVersion));
        values.put(":next", ItemRow.number(expectedVersion + 1));
        values.put(":attempt", ItemRow.text(attempt));
        values.put(":none", ItemRow.text(""));
        values.put(":body", ItemRow.text(body));
        return written(
                described("replace", table, key),
                () ->
                        dynamo.updateItem(update ->
                                update.tableName(name(table))
                                        .key(ItemRow.key(key))
                                        .updateExpression(REPLACE)
                                        .conditionExpression("#v = :expected")
                                        .expressionAttributeNames(names)
                                        .expressionAttributeValues(values)),
                expectedVersion + 1);
    }

    /** Each attempt moves one place back; the right sides are the values before the update. */
    private static String replaceExpression() {
        var expression = new StringBuilder("SET #v = :next, #b = :body, #a0 = :attempt");
        for (int age = 1; age <= EARLIER_MAX; age++) {
            expression
                    .append(", #a")
                    .append(age)
                    .append(" = if_not_exists(#a")
                    .append(age - 1)
                    .append(", :none)");
        }
        return expression.toString();
    }

    private List<Item> queried(Table table, String prefix, String afterKey, int max) {
        var query =
                QueryRequest.builder()
                        .tableName(name(table))
                        .consistentRead(true)
                        .keyConditionExpression("#p = :p AND begins_with(#k, :prefix)")
                        .expressionAttributeNames(
                                Map.of("#p", ItemRow.PARTITION, "#k", ItemRow.KEY))
                        .expressionAttributeValues(
                                Map.of(
                                        ":p", ItemRow.text(ItemRow.partitionOf(prefix)),
                                        ":prefix", ItemRow.text(prefix)));
        if (max < Integer.MAX_VALUE) {
            query.limit(max);
        }
        if (KEY_ORDER.compare(afterKey, prefix) > 0) {
            if (!afterKey.startsWith(prefix)) {
                return List.of();
            }
            query.exclusiveStartKey(ItemRow.key(afterKey));
        }
        return read(
                described("query", table, prefix),
                () ->
                        items(table, dynamo.queryPaginator(query.build()).items().stream())
                                .limit(max)
                                .toList());
    }

    private List<Item> scanned(Table table, String prefix) {
        var scan = ScanRequest.builder().tableName(name(table)).consistentRead(true);
        if (!prefix.isEmpty()) {
            scan.filterExpression("begins_with(#k, :prefix)")
                    .expressionAttributeNames(Map.of("#k", ItemRow.KEY))
                    .expressionAttributeValues(Map.of(":prefix", ItemRow.text(prefix)));
        }
        return read(
                described("scan", table, prefix),
                () ->
                        items(table, dynamo.scanPaginator(scan.build()).items().stream())
                                .sorted((left, right) -> KEY_ORDER.compare(left.key(), right.key()))
                                .toList());
    }

    private static Stream<Item> items(Table table, Stream<Map<String, AttributeValue>> rows) {
        return rows.map(row -> ItemRow.item(table, row));
    }

    private static <T> T read(String call, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw Failures.ofRead(call, e);
        }
    }

    private static Written written(String call, Runnable request, long version) {
        try {
            request.run();
            return new Written.Applied(version);
        } catch (ConditionalCheckFailedException e) {
            return new Written.Conflict();
        } catch (SdkException e) {
            throw Failures.ofWrite(call, e);
        }
    }

    private static String described(String call, Table table, String key) {
        return "call=%s table=%s key=%s".formatted(call, table.tableName(), key);
    }

    private String name(Table table) {
        return config.tablePrefix() + table.tableName();
    }
}
