package sluice.gateway.produce;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import sluice.engine.exchange.RoutingTable;
import sluice.gateway.problem.ExchangeProblem;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.TopicRecord;

/**
 * The records of one request to an exchange, and where each of them goes as far as that is known.
 * Passed from one step of the request to the next, never used by two.
 *
 * <p>Each has two headers more than its sender gave it, as a consumer may want to know: {@value
 * #EXCHANGE_HEADER} and, if there was one, {@value #ROUTING_KEY_HEADER}.
 */
final class RoutedRecords implements RecordSink {

    static final String EXCHANGE_HEADER = "sluice-exchange";
    static final String ROUTING_KEY_HEADER = "sluice-routing-key";

    /** Records times topics of one request. */
    static final int COPIES_MAX = 100_000;

    /** What a copy takes beside its bytes. */
    private static final int COPY_OVERHEAD_BYTES = 100;

    /**
     * @param exchange that found them: the one that was asked, or one of its alternates
     */
    record Route(String exchange, List<TopicRecord> topics) {}

    private static final int[] NO_TARGETS = {};
    private static final Route NONE = new Route("", List.of());

    private final String exchange;
    private final byte[] exchangeName;
    private final long nowMs;
    private final List<RecordFields> records = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    /** What an exchange matched, until it is known which of the topics there are. */
    private int[][] matched = {};

    private int copies;

    /**
     * @param nowMs when the request came, in milliseconds since 1970 UTC
     */
    RoutedRecords(String exchange, long nowMs) {
        this.exchange = exchange;
        this.nowMs = nowMs;
        this.exchangeName = exchange.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public int recordCount() {
        return records.size();
    }

    @Override
    public OptionalInt partitionsToName() {
        return OptionalInt.empty();
    }

    @Override
    public RecordFields add(RecordFields record) {
        records.add(record);
        routes.add(NONE);
        return new RecordFields();
    }

    /**
     * Looks where the exchange sends those records that go nowhere yet.
     *
     * @return indexes of the table's targets
     * @throws ProblemException {@code fan-out-too-large}
     */
    BitSet match(RoutingTable table) {
        matched = new int[records.size()][];
        Arrays.fill(matched, NO_TARGETS);
        var wanted = new BitSet();
        // Most records of a request have few keys between them.
        Map<String, int[]> byKey = new HashMap<>();
        boolean isByKey = table.exchange().type() != ExchangeRecord.Type.HEADERS;
        int copiesNow = copies;
        for (int i = 0; i < records.size(); i++) {
            if (isRouted(i)) {
                continue;
            }
            RecordFields record = records.get(i);
            int[] hits =
                    isByKey
                            ? byKey.computeIfAbsent(
                                    record.routingKey(), key -> table.route(key, List.of()))
                            : table.route(record.routingKey(), record.headers());
            copiesNow += hits.length;
            if (copiesNow > COPIES_MAX) {
                throw new ProblemException(
                        ExchangeProblem.FAN_OUT_TOO_LARGE,
                        "records times topics are more than copiesMax=%,d".formatted(COPIES_MAX));
            }
            matched[i] = hits;
            for (int target : hits) {
                wanted.set(target);
            }
        }
        return wanted;
    }

    /**
     * Sends what was matched to those topics that there are. A binding to one that is gone does not
     * count.
     *
     * @param present by index of the table's targets
     */
    void settle(RoutingTable table, Map<Integer, TopicRecord> present) {
        for (int i = 0; i < records.size(); i++) {
            var topics = new ArrayList<TopicRecord>(matched[i].length);
            for (int target : matched[i]) {
                TopicRecord topic = present.get(target);
                if (topic != null) {
                    topics.add(topic);
                }
            }
            if (!topics.isEmpty()) {
                copies += topics.size();
                routes.set(i, new Route(table.exchange().name(), topics));
            }
        }
        matched = new int[0][];
    }

    private boolean isRouted(int record) {
        return !routes.get(record).topics().isEmpty();
    }

    /** The first record that goes nowhere, or −1. */
    int firstUnrouted() {
        return routes.indexOf(NONE);
    }

    int unroutedCount() {
        return (int) routes.stream().filter(NONE::equals).count();
    }

    /** Records times topics. */
    int copies() {
        return copies;
    }

    /** Memory for the copies, roughly. */
    long copyBytes() {
        long sum = 0;
        for (int i = 0; i < records.size(); i++) {
            long oneBytes = records.get(i).sizeBytes() + COPY_OVERHEAD_BYTES;
            sum += oneBytes * routes.get(i).topics().size();
        }
        return sum;
    }

    boolean goesToSeveralTopics() {
        long topics =
                routes.stream()
                        .flatMap(route -> route.topics().stream())
                        .mapToLong(TopicRecord::id)
                        .distinct()
                        .limit(2)
                        .count();
        return topics > 1;
    }

    Route route(int record) {
        return routes.get(record);
    }

    /** True if an alternate found where the record goes. */
    boolean isByAlternate(int record) {
        return isRouted(record) && !routes.get(record).exchange().equals(exchange);
    }

    RecordFields record(int record) {
        return records.get(record);
    }

    /** Gives the records the headers that say which way they came; once, when that is known. */
    void stamp() {
        for (RecordFields record : records) {
            record.addHeader(EXCHANGE_HEADER, exchangeName);
            if (!record.routingKey().isEmpty()) {
                byte[] routingKey = record.routingKey().getBytes(StandardCharsets.UTF_8);
                record.addHeader(ROUTING_KEY_HEADER, routingKey);
            }
        }
    }

    /**
     * @throws ProblemException {@code unroutable} if a record goes nowhere
     */
    void checkAllRouted() {
        int record = firstUnrouted();
        if (record >= 0) {
            throw new ProblemException(
                    Problem.of(
                                    ExchangeProblem.UNROUTABLE,
                                    "record %d: exchange=%s routingKey=%s unroutable=%d"
                                            .formatted(
                                                    record,
                                                    exchange,
                                                    records.get(record).routingKey(),
                                                    unroutedCount()))
                            .with("record", record));
        }
    }
}
