package sluice.engine.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.log.batch.BatchBuilder.Header;
import sluice.metadata.Binding;
import sluice.metadata.Binding.HeaderMatch;
import sluice.metadata.Binding.Mode;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeRecord.Type;

/** Which topics a record goes to, by the type of its exchange. */
class RoutingTableTest {

    private final List<Binding> bindings = new ArrayList<>();

    private void bind(String topic, String key) {
        bindings.add(new Binding(topic, topic.hashCode(), key, Optional.empty()));
    }

    private void bind(String topic, Mode mode, String... namesAndValues) {
        Map<String, Optional<String>> values = new HashMap<>();
        for (String each : namesAndValues) {
            String[] parts = each.split("=", 2);
            values.put(parts[0], parts.length == 1 ? Optional.empty() : Optional.of(parts[1]));
        }
        bindings.add(
                new Binding(
                        topic, topic.hashCode(), "", Optional.of(new HeaderMatch(mode, values))));
    }

    private List<String> routed(Type type, String key, Header... headers) {
        var exchange = new ExchangeRecord("default", "x", type, Optional.empty(), bindings, 0);
        var table = RoutingTable.of(exchange);
        return Arrays.stream(table.route(key, List.of(headers)))
                .mapToObj(index -> table.targets().get(index).topic())
                .toList();
    }

    private static Header header(String name, @Nullable String value) {
        return new Header(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anExchangeWithoutBindingsMatchesNothing() {
        for (Type type : Type.values()) {
            assertEquals(List.of(), routed(type, "a", header("a", "1")), type.name());
        }
    }

    @Test
    void aFanoutExchangeMatchesEveryBindingWhateverTheKey() {
        bind("a", "");
        bind("b", "");

        assertEquals(List.of("a", "b"), routed(Type.FANOUT, "some.key"));
    }

    @Test
    void aTopicThatManyBindingsMatchGetsTheRecordOnce() {
        bind("a", "#");
        bind("a", "x.*");
        bind("a", "x.y");

        assertEquals(List.of("a"), routed(Type.TOPIC, "x.y"));
    }

    @Test
    void twoTopicsThatHadOneNameAreTwo() {
        bindings.add(new Binding("a", 1, "k", Optional.empty()));
        bindings.add(new Binding("a", 2, "k", Optional.empty()));

        assertEquals(List.of("a", "a"), routed(Type.DIRECT, "k"));
    }

    @Nested
    class Direct {

        @Test
        void theKeyIsTheBindingsOrItDoesNotMatch() {
            bind("a", "k");
            bind("b", "k");
            bind("c", "K");

            assertEquals(List.of("a", "b"), routed(Type.DIRECT, "k"));
            assertEquals(List.of(), routed(Type.DIRECT, "k."));
        }

        @Test
        void patternsAreKeysLikeOthers() {
            bind("a", "#");

            assertEquals(List.of(), routed(Type.DIRECT, "k"));
            assertEquals(List.of("a"), routed(Type.DIRECT, "#"));
        }

        @Test
        void theEmptyKeyIsAKey() {
            bind("a", "");

            assertEquals(List.of("a"), routed(Type.DIRECT, ""));
        }
    }

    @Nested
    class Topic {

        @ParameterizedTest(name = "{0} {1} {2}")
        @CsvSource(
                quoteCharacter = '\'',
                textBlock =
                        """
                        a.b,       a.b,       true
                        a.b,       a.b.c,     false
                        a.b,       a,         false
                        a.b,       A.b,       false
                        a.*,       a.b,       true
                        a.*,       a.,        true
                        a.*,       a,         false
                        a.*,       a.b.c,     false
                        *,         '',        false
                        *.*,       .,         true
                        #,         '',        true
                        #,         a.b.c,     true
                        a.#,       a,         true
                        a.#,       a.b.c,     true
                        a.#,       ab,        false
                        #.c,       c,         true
                        #.c,       a.b.c,     true
                        #.c,       c.a,       false
                        a.#.c,     a.c,       true
                        a.#.c,     a.b.b.c,   true
                        a.#.c,     a.b.c.d,   false
                        #.b.#,     a.b.c,     true
                        #.b.#,     a.c,       false
                        #.#,       '',        true
                        #.#.a,     a,         true
                        *.#,       '',        false
                        *.#,       a,         true
                        #.*,       a.b,       true
                        '',        '',        true
                        '',        a,         false
                        a*,        ab,        false
                        a*,        a*,        true
                        a#,        a.b,       false
                        a.b,       a.*,       false
                        a.b,       #,         false
                        *,         *,         true
                        *,         #,         true
                        """)
        void wordsAreMatchedAsThePatternSays(String pattern, String key, boolean matches) {
            bind("t", pattern);

            assertEquals(matches ? List.of("t") : List.of(), routed(Type.TOPIC, key));
        }
    }

    @Nested
    class Headers {

        private final Header pdf = header("format", "pdf");
        private final Header signed = header("signed", "yes");

        @Test
        void allNeedsEachOfThem() {
            bind("both", Mode.ALL, "format=pdf", "signed=yes");

            assertEquals(List.of("both"), routed(Type.HEADERS, "", pdf, signed));
            assertEquals(List.of(), routed(Type.HEADERS, "", pdf));
            assertEquals(List.of(), routed(Type.HEADERS, "", signed));
        }

        @Test
        void anyNeedsOneOfThem() {
            bind("either", Mode.ANY, "format=pdf", "signed=yes");

            assertEquals(List.of("either"), routed(Type.HEADERS, "", signed));
            assertEquals(List.of("either"), routed(Type.HEADERS, "", pdf));
            assertEquals(List.of(), routed(Type.HEADERS, "", header("format", "doc")));
        }

        @Test
        void headersThatNoBindingNamesDoNotMatter() {
            bind("pdfs", Mode.ALL, "format=pdf");

            assertEquals(List.of("pdfs"), routed(Type.HEADERS, "key", pdf, header("more", "x")));
        }

        @Test
        void oneNamedWithoutValueNeedOnlyBeThere() {
            bind("formats", Mode.ALL, "format", "signed=yes");

            assertEquals(
                    List.of("formats"), routed(Type.HEADERS, "", signed, header("format", null)));
            assertEquals(List.of("formats"), routed(Type.HEADERS, "", signed, pdf));
            assertEquals(List.of(), routed(Type.HEADERS, "", signed));
        }

        @Test
        void aRepeatedHeaderIsThereWithEachOfItsValues() {
            bind("pdfs", Mode.ALL, "format=pdf");
            bind("docs", Mode.ALL, "format=doc");

            assertEquals(
                    List.of("docs", "pdfs"),
                    routed(Type.HEADERS, "", pdf, header("format", "doc")));
        }

        @Test
        void aValueIsNotAnother() {
            bind("pdfs", Mode.ANY, "format=pdf");

            assertEquals(List.of(), routed(Type.HEADERS, "", header("format", "PDF")));
            assertEquals(List.of(), routed(Type.HEADERS, "", header("Format", "pdf")));
            assertEquals(List.of(), routed(Type.HEADERS, "", header("format", null)));
        }
    }
}
