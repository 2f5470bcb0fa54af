package sluice.metadata.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item as it lies in a table:
 *
 * <pre>
 *   p         S  partition key: the key up to its first slash, all of it if it has none
 *   k         S  sort key: the whole key
 *   v         N  version
 *   a         S  attempt that wrote this version
 *   a1 .. a3  S  attempts before it, newest first; empty or absent if there was none
 *   b         S  body
 * </pre>
 *
 * So a prefix that contains a slash is asked of one partition, and items without a slash are spread
 * over all of them.
 */
final class ItemRow {

    static final String PARTITION = "p";
    static final String KEY = "k";
    static final String VERSION = "v";
    static final String ATTEMPT = "a";
    static final String BODY = "b";

    private ItemRow() {}

    static String partitionOf(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    static String earlierAttempt(int age) {
        return ATTEMPT + age;
    }

    static Map<String, AttributeValue> key(String key) {
        return Map.of(PARTITION, text(partitionOf(key)), KEY, text(key));
    }

    /** The row of an item that did not exist. */
    static Map<String, AttributeValue> first(String key, String attempt, String body) {
        var row = new HashMap<>(key(key));
        row.put(VERSION, number(ItemStore.firstVersion(attempt)));
        row.put(ATTEMPT, text(attempt));
        row.put(BODY, text(body));
        return row;
    }

    static Item item(Table table, Map<String, AttributeValue> row) {
        String key = required(table, row, KEY).s();
        var earlier = new ArrayList<String>();
        for (int age = 1; age <= ItemStore.EARLIER_MAX; age++) {
            AttributeValue attempt = row.get(earlierAttempt(age));
            if (attempt == null || attempt.s() == null || attempt.s().isEmpty()) {
                break;
            }
            earlier.add(attempt.s());
        }
        return new Item(
                present(table, key, KEY),
                version(table, row, key),
                present(table, required(table, row, ATTEMPT).s(), ATTEMPT),
                List.copyOf(earlier),
                present(table, required(table, row, BODY).s(), BODY));
    }

    static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }

    static AttributeValue number(long value) {
        return AttributeValue.fromN(Long.toString(value));
    }

    private static long version(Table table, Map<String, AttributeValue> row, String key) {
        String version = present(table, required(table, row, VERSION).n(), VERSION);
        try {
            return Long.parseLong(version);
        } catch (NumberFormatException e) {
            throw foreign(table, "key=" + key + " version=" + version);
        }
    }

    private static AttributeValue required(
            Table table, Map<String, AttributeValue> row, String name) {
        AttributeValue value = row.get(name);
        if (value == null) {
            throw foreign(table, "missing=" + name);
        }
        return value;
    }

    private static String present(Table table, @Nullable String value, String name) {
        if (value == null) {
            throw foreign(table, "wrong type=" + name);
        }
        return value;
    }

    private static SluiceException foreign(Table table, String what) {
        return new SluiceException(
                Kind.DATA,
                "metadata-item-unreadable",
                "a row was not written by Sluice: table=%s %s; give the cluster tables of its own"
                        .formatted(table.tableName(), what));
    }
}
