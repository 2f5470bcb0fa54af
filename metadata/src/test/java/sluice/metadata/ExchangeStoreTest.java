package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.log.SluiceException;
import sluice.metadata.Binding.HeaderMatch;
import sluice.metadata.Binding.Mode;
import sluice.metadata.ExchangeRecord.Type;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.memory.MemoryItemStore;

/** Exchanges as they are stored. */
class ExchangeStoreTest {

    private final MemoryItemStore memory = new MemoryItemStore();
    private final ExchangeStore exchanges =
            new ExchangeStore(new Items(memory, new Random(1), _ -> {}));

    private static Binding keyed(String topic, String key) {
        return new Binding(topic, 7, key, Optional.empty());
    }

    private static ExchangeRecord exchange(String name, Type type, Binding... bindings) {
        return new ExchangeRecord(
                "default", name, type, Optional.of("rest"), List.of(bindings), 1_790_000_000_000L);
    }

    private static ExchangeRecord large(int bindings) {
        return exchange("large", Type.TOPIC)
                .withBindings(
                        IntStream.range(0, bindings)
                                .mapToObj(i ->
                                        new Binding(
                                                "tenant-" + i + ".orders",
                                                0x1234_5678_9abc_def0L * (i + 1) >>> 2,
                                                "eu.tenant-" + i + ".orders.#",
                                                Optional.empty()))
                                .toList());
    }

    @Test
    void aRecordIsReadAsItWasWritten() {
        var record =
                exchange(
                        "docs",
                        Type.HEADERS,
                        new Binding(
                                "pdfs",
                                Long.MAX_VALUE,
                                "",
                                Optional.of(
                                        new HeaderMatch(
                                                Mode.ALL,
                                                Map.of(
                                                        "format",
                                                        Optional.of("pdf"),
                                                        "signed",
                                                        Optional.empty())))),
                        new Binding(
                                "any",
                                1,
                                "",
                                Optional.of(
                                        new HeaderMatch(Mode.ANY, Map.of("ä", Optional.of(""))))));
        exchanges.put(record, 0);

        assertEquals(record, exchanges.get("default", "docs").orElseThrow().value());
    }

    @Test
    void theFormatStandsStill() {
        exchanges.put(
                new ExchangeRecord("default", "empty", Type.FANOUT, Optional.empty(), List.of(), 5),
                0);
        exchanges.put(exchange("events", Type.TOPIC, keyed("orders", "eu.*")), 0);

        assertEquals(
                "{\"f\":1,\"type\":\"FANOUT\",\"createdAtMs\":5}",
                memory.get(Table.EXCHANGES, "default/empty").orElseThrow().body());
        var item = memory.get(Table.EXCHANGES, "default/events").orElseThrow();
        var json = StoredJson.read(Table.EXCHANGES, item.key(), item.body());
        assertEquals("TOPIC", json.text("type"));
        assertEquals("rest", json.text("alternate"));
        assertEquals(
                "[[\"orders\",7,\"eu.*\"]]", json.object("bindings").unpacked().node().toString());
    }

    @Test
    void bindingsAreKeptOnceAndInOrder() {
        var record =
                exchange(
                        "x",
                        Type.DIRECT,
                        keyed("b", "1"),
                        keyed("a", "2"),
                        keyed("a", "1"),
                        keyed("b", "1"));

        assertEquals(List.of(keyed("a", "1"), keyed("a", "2"), keyed("b", "1")), record.bindings());
    }

    @Test
    void aChangeNamesTheVersionItReplaces() {
        exchanges.put(exchange("x", Type.DIRECT), 0);
        long version = exchanges.get("default", "x").orElseThrow().version();

        assertEquals(new Written.Conflict(), exchanges.put(exchange("x", Type.FANOUT), 0));
        assertTrue(exchanges.put(exchange("x", Type.FANOUT), version) instanceof Written.Applied);
        assertEquals(new Written.Conflict(), exchanges.remove("default", "x", version));
    }

    @Test
    void exchangesAreListedByNameWithinTheirNamespace() {
        for (String name : List.of("b", "a", "c")) {
            exchanges.put(exchange(name, Type.DIRECT), 0);
        }

        assertEquals(
                List.of("b", "c"),
                exchanges.list("default", "a", 5).stream()
                        .map(each -> each.value().name())
                        .toList());
        assertEquals(List.of(), exchanges.list("other", "", 5));
    }

    @ParameterizedTest
    @CsvSource({"'',x", "a/b,x", "default,''", "default,a/b"})
    void aNameThatCannotBePartOfAKeyIsRefused(String namespace, String name) {
        var refused = assertThrows(SluiceException.class, () -> exchanges.get(namespace, name));

        assertEquals("exchange-name", refused.code());
    }

    @Test
    void asManyBindingsAsThereMayBeFitAnItem() {
        var record = large(ExchangeRecord.BINDINGS_MAX);
        exchanges.put(record, 0);

        assertEquals(record, exchanges.get("default", "large").orElseThrow().value());
    }

    @Test
    void oneBindingMoreIsRefused() {
        assertTooMany(large(ExchangeRecord.BINDINGS_MAX + 1));
    }

    @Test
    void bindingsThatDoNotFitAnItemAreRefused() {
        var random = new Random(1);
        var bindings =
                IntStream.range(0, 3_000)
                        .mapToObj(i -> {
                            var key = new StringBuilder();
                            while (key.length() < 240) {
                                key.append(Long.toString(random.nextLong() >>> 1, 36));
                            }
                            return keyed("t" + i, key.substring(0, 240));
                        })
                        .toList();

        assertTooMany(exchange("random", Type.DIRECT).withBindings(bindings));
    }

    private void assertTooMany(ExchangeRecord record) {
        var refused = assertThrows(SluiceException.class, () -> exchanges.put(record, 0));

        assertEquals("too-many-bindings", refused.code());
        assertEquals(SluiceException.Kind.CONFLICT, refused.kind());
    }

    @Test
    void anItemOfAnotherKindIsNotReadAsOne() {
        memory.put(Table.EXCHANGES, "default/x", 0, "attempt", "{\"f\":1,\"type\":\"LOTTERY\"}");

        var refused = assertThrows(SluiceException.class, () -> exchanges.get("default", "x"));

        assertEquals("metadata-item-unreadable", refused.code());
    }

    @Nested
    class Checks {

        private static final HeaderMatch ONE =
                new HeaderMatch(Mode.ANY, Map.of("a", Optional.of("1")));

        @Test
        void whatATypeLooksAtIsTaken() {
            keyed("t", "").check(Type.DIRECT);
            keyed("t", "k".repeat(255)).check(Type.TOPIC);
            keyed("t", "").check(Type.FANOUT);
            new Binding("t", 1, "", Optional.of(ONE)).check(Type.HEADERS);
        }

        @Test
        void whatATypeDoesNotLookAtIsRefused() {
            assertBad(keyed("t", "k"), Type.FANOUT);
            assertBad(keyed("t", "k"), Type.HEADERS);
            assertBad(new Binding("t", 1, "k", Optional.of(ONE)), Type.DIRECT);
            assertBad(new Binding("t", 1, "k", Optional.of(ONE)), Type.TOPIC);
            assertBad(new Binding("t", 1, "", Optional.of(ONE)), Type.FANOUT);
            assertBad(new Binding("t", 1, "k", Optional.of(ONE)), Type.HEADERS);
        }

        @Test
        void aHeadersBindingNeedsHeaders() {
            assertBad(keyed("t", ""), Type.HEADERS);
            assertBad(
                    new Binding("t", 1, "", Optional.of(new HeaderMatch(Mode.ALL, Map.of()))),
                    Type.HEADERS);
        }

        @Test
        void whatIsTooLongIsRefused() {
            assertBad(keyed("t", "k".repeat(256)), Type.DIRECT);
            assertBad(keyed("t", "ä".repeat(128)), Type.TOPIC);
            assertBad(headers(Map.of("n".repeat(256), Optional.empty())), Type.HEADERS);
            assertBad(headers(Map.of("n", Optional.of("v".repeat(256)))), Type.HEADERS);
            var many = new java.util.HashMap<String, Optional<String>>();
            IntStream.range(0, 33).forEach(i -> many.put("h" + i, Optional.empty()));
            assertBad(headers(many), Type.HEADERS);
        }

        private Binding headers(Map<String, Optional<String>> values) {
            return new Binding("t", 1, "", Optional.of(new HeaderMatch(Mode.ALL, values)));
        }

        private void assertBad(Binding binding, Type type) {
            var refused = assertThrows(SluiceException.class, () -> binding.check(type));

            assertEquals("bad-binding", refused.code());
        }
    }
}
