package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.engine.exchange.RoutingTable;
import sluice.gateway.problem.ProblemException;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeRecord.Type;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/** From exchange to exchange, until it is known where every record goes. */
final class RoutedRecordsTest {

    private static final TopicConfig CONFIG =
            new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1_000);

    private final RoutedRecords records = new RoutedRecords("first", 1_000);

    private static TopicRecord topic(String name) {
        return new TopicRecord(
                "default", name, name.hashCode(), TopicRecord.State.ACTIVE, List.of(0), CONFIG, 0);
    }

    private static RoutingTable table(String name, Type type, String... topicsAndKeys) {
        List<Binding> bindings =
                List.of(topicsAndKeys).stream()
                        .map(each -> each.split("=", 2))
                        .map(each ->
                                new Binding(each[0], each[0].hashCode(), each[1], Optional.empty()))
                        .toList();
        return RoutingTable.of(
                new ExchangeRecord("default", name, type, Optional.empty(), bindings, 0));
    }

    private void add(String routingKey, int valueBytes) {
        var fields = new RecordFields();
        fields.setRoutingKey(routingKey);
        fields.setValue(new byte[valueBytes]);
        records.add(fields);
    }

    /** All topics are there but those. */
    private void route(RoutingTable table, String... gone) {
        BitSet wanted = records.match(table);
        Map<Integer, TopicRecord> present = new HashMap<>();
        wanted.stream()
                .forEach(target -> {
                    String name = table.targets().get(target).topic();
                    if (!List.of(gone).contains(name)) {
                        present.put(target, topic(name));
                    }
                });
        records.settle(table, present);
    }

    private List<String> topics(int record) {
        return records.route(record).topics().stream().map(TopicRecord::name).toList();
    }

    @Test
    void aTopicThatIsGoneGetsNothing() {
        add("k", 1);

        route(table("first", Type.DIRECT, "a=k", "b=k"), "a");

        assertEquals(List.of("b"), topics(0));
        assertEquals(1, records.copies());
    }

    @Test
    void aRecordThatOnlyTopicsThatAreGoneWouldGetGoesToTheAlternate() {
        add("k", 1);
        add("l", 1);
        route(table("first", Type.DIRECT, "a=k", "b=l"), "a");
        assertEquals(0, records.firstUnrouted());

        route(table("second", Type.FANOUT, "c="));

        assertEquals(List.of("c"), topics(0));
        assertTrue(records.isByAlternate(0));
        assertEquals(List.of("b"), topics(1), "what was routed goes no further");
        assertFalse(records.isByAlternate(1));
        assertEquals(-1, records.firstUnrouted());
        assertEquals(2, records.copies());
    }

    @Test
    void onlyTheTopicsOfRecordsOnTheirWayAreAskedFor() {
        add("k", 1);
        add("k", 1);

        BitSet wanted = records.match(table("first", Type.DIRECT, "a=k", "b=l", "c=k"));

        assertEquals("{0, 2}", wanted.toString());
    }

    @Test
    void copiesHaveABoundInNumber() {
        String[] many =
                IntStream.range(0, 1_000).mapToObj(i -> "t" + i + "=").toArray(String[]::new);
        RoutingTable fanout = table("first", Type.FANOUT, many);
        IntStream.range(0, 100).forEach(_ -> add("", 1));
        records.match(fanout);
        add("", 1);

        var refused = assertThrows(ProblemException.class, () -> records.match(fanout));

        assertEquals("fan-out-too-large", refused.problem().code());
    }

    @Test
    void copiesWeighWhatTheirTopicsGet() {
        add("k", 1_000);
        add("l", 1_000);
        route(table("first", Type.DIRECT, "a=k", "b=k", "c=k"));

        assertTrue(records.copyBytes() >= 3_000, "copyBytes=" + records.copyBytes());
        assertTrue(records.copyBytes() < 4_000, "copyBytes=" + records.copyBytes());
    }
}
