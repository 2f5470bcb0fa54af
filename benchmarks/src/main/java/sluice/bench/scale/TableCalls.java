package sluice.bench.scale;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts calls to tables by their operation, which DynamoDB's clients name in a header of each
 * request: {@code X-Amz-Target: DynamoDB_20120810.PutItem}. Safe from any thread.
 */
final class TableCalls {

    private static final byte[] TARGET = "DynamoDB_20120810.".getBytes(StandardCharsets.US_ASCII);

    private static final Set<String> WRITES =
            Set.of("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems");

    private final Map<String, Long> counts = new TreeMap<>();

    /** What one connection sends, in pieces of any size. For one thread. */
    final class Stream {
        private final StringBuilder operation = new StringBuilder();
        private int matched;

        void read(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                read(bytes[i]);
            }
        }

        private void read(byte next) {
            if (matched < TARGET.length) {
                // What stands before it in a request is never a part of it, so no way back is
                // needed.
                matched = next == TARGET[matched] ? matched + 1 : next == TARGET[0] ? 1 : 0;
            } else if (Character.isLetter(next)) {
                operation.append((char) next);
            } else {
                count(operation.toString());
                operation.setLength(0);
                matched = 0;
            }
        }
    }

    Stream stream() {
        return new Stream();
    }

    private synchronized void count(String operation) {
        counts.merge(operation, 1L, Long::sum);
    }

    synchronized long writes() {
        return sum(true);
    }

    synchronized long reads() {
        return sum(false);
    }

    private long sum(boolean isWrite) {
        return counts.entrySet().stream()
                .filter(each -> WRITES.contains(each.getKey()) == isWrite)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
