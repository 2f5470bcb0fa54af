package sluice.engine.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.batch.BatchBuilder.Header;
import sluice.metadata.Binding;
import sluice.metadata.Binding.HeaderMatch;
import sluice.metadata.Binding.Mode;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeRecord.Type;

/** What is compiled matches what the rules say, read one binding after another. */
class MatchingPropertyTest {

    private static final int TABLES = 60;
    private static final int KEYS = 40;

    /** A rule of patterns, or one that is not it: each of those must be told from it. */
    private enum Rule {
        TRUE,
        ANY_NEEDS_A_WORD,
        ANY_IS_ONE_WORD,
        ONE_TAKES_NONE,
        ONE_TAKES_MANY,
        EMPTY_KEY_HAS_A_WORD,
        ANY_ONLY_AT_THE_END;

        boolean matches(String pattern, String key) {
            List<String> keyWords =
                    key.isEmpty() && this == EMPTY_KEY_HAS_A_WORD ? List.of("") : split(key);
            return matches(split(pattern), keyWords);
        }

        private boolean matches(List<String> pattern, List<String> key) {
            if (pattern.isEmpty()) {
                return key.isEmpty();
            }
            List<String> rest = pattern.subList(1, pattern.size());
            return switch (pattern.getFirst()) {
                case "#" -> takes(key, anyFrom(), anyTo(key, rest), rest);
                case "*" -> takes(key, oneFrom(), oneTo(key), rest);
                default ->
                        !key.isEmpty()
                                && key.getFirst().equals(pattern.getFirst())
                                && matches(rest, key.subList(1, key.size()));
            };
        }

        private boolean takes(List<String> key, int from, int to, List<String> rest) {
            return IntStream.rangeClosed(from, Math.min(to, key.size()))
                    .anyMatch(taken -> matches(rest, key.subList(taken, key.size())));
        }

        private int anyFrom() {
            return this == ANY_NEEDS_A_WORD || this == ANY_IS_ONE_WORD ? 1 : 0;
        }

        private int anyTo(List<String> key, List<String> rest) {
            if (this == ANY_IS_ONE_WORD) {
                return 1;
            }
            return this == ANY_ONLY_AT_THE_END && !rest.isEmpty() ? 0 : key.size();
        }

        private int oneFrom() {
            return this == ONE_TAKES_NONE ? 0 : 1;
        }

        private int oneTo(List<String> key) {
            return this == ONE_TAKES_MANY ? key.size() : 1;
        }

        private static List<String> split(String text) {
            return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
        }
    }

    /** Words from few, so that keys and patterns meet; {@code wild} of ten are wildcards. */
    private static String words(Random random, int wild) {
        int count = random.nextInt(6);
        return IntStream.range(0, count)
                .mapToObj(_ -> {
                    if (random.nextInt(10) < wild) {
                        return random.nextBoolean() ? "#" : "*";
                    }
                    return String.valueOf("abc.".charAt(random.nextInt(4)));
                })
                .collect(Collectors.joining("."));
    }

    private static RoutingTable table(Type type, List<Binding> bindings) {
        return RoutingTable.of(
                new ExchangeRecord("default", "x", type, Optional.empty(), bindings, 0));
    }

    private static Set<String> routed(RoutingTable table, String key, List<Header> headers) {
        return Arrays.stream(table.route(key, headers))
                .mapToObj(index -> table.targets().get(index).topic())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> naively(List<Binding> bindings, Predicate<Binding> rule) {
        return bindings.stream()
                .filter(rule)
                .map(Binding::topic)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Binding> patterns(Random random) {
        return IntStream.range(0, 1 + random.nextInt(30))
                .mapToObj(_ ->
                        new Binding(
                                "t" + random.nextInt(12), 1, words(random, 4), Optional.empty()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void patternsMatchAsTheRuleSays(long seed) {
        var random = new Random(seed);
        int hits = 0;
        for (int i = 0; i < TABLES; i++) {
            List<Binding> bindings = patterns(random);
            RoutingTable table = table(Type.TOPIC, bindings);
            for (int k = 0; k < KEYS; k++) {
                String key = words(random, 1);
                Set<String> expected =
                        naively(bindings, each -> Rule.TRUE.matches(each.routingKey(), key));
                assertEquals(
                        expected,
                        routed(table, key, List.of()),
                        () -> "seed=" + seed + " key=" + key + " bindings=" + bindings);
                hits += expected.size();
            }
        }
        assertTrue(hits > 1_000, "the run matched something: hits=" + hits);
    }

    /** Else the test above could not tell the rule from this one. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TRUE")
    void aBrokenRuleIsNoticed(Rule broken) {
        var random = new Random(1);
        int differences = 0;
        for (int i = 0; i < TABLES; i++) {
            List<Binding> bindings = patterns(random);
            RoutingTable table = table(Type.TOPIC, bindings);
            for (int k = 0; k < KEYS; k++) {
                String key = words(random, 1);
                Set<String> other =
                        naively(bindings, each -> broken.matches(each.routingKey(), key));
                differences += other.equals(routed(table, key, List.of())) ? 0 : 1;
            }
        }
        assertTrue(differences > 10, "differences=" + differences);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void headersMatchAsTheRuleSays(long seed) {
        var random = new Random(seed);
        int hits = 0;
        for (int i = 0; i < TABLES; i++) {
            List<Binding> bindings =
                    IntStream.range(0, 1 + random.nextInt(30))
                            .mapToObj(_ ->
                                    new Binding(
                                            "t" + random.nextInt(12),
                                            1,
                                            "",
                                            Optional.of(match(random))))
                            .toList();
            RoutingTable table = table(Type.HEADERS, bindings);
            for (int k = 0; k < KEYS; k++) {
                List<Header> headers = headers(random);
                Set<String> expected =
                        naively(bindings, each -> matches(each.match().orElseThrow(), headers));
                assertEquals(
                        expected,
                        routed(table, "", headers),
                        () -> "seed=" + seed + " headers=" + headers + " bindings=" + bindings);
                hits += expected.size();
            }
        }
        assertTrue(hits > 1_000, "the run matched something: hits=" + hits);
    }

    private static HeaderMatch match(Random random) {
        Map<String, Optional<String>> values = new HashMap<>();
        int count = 1 + random.nextInt(3);
        while (values.size() < count) {
            values.put(
                    "h" + random.nextInt(4),
                    random.nextInt(4) == 0
                            ? Optional.empty()
                            : Optional.of("v" + random.nextInt(3)));
        }
        return new HeaderMatch(random.nextBoolean() ? Mode.ALL : Mode.ANY, values);
    }

    private static List<Header> headers(Random random) {
        var headers = new ArrayList<Header>();
        for (int i = random.nextInt(5); i > 0; i--) {
            byte[] value = ("v" + random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
            headers.add(new Header("h" + random.nextInt(4), random.nextInt(8) == 0 ? null : value));
        }
        return headers;
    }

    private static boolean matches(HeaderMatch match, List<Header> headers) {
        Predicate<Map.Entry<String, Optional<String>>> isThere =
                wanted ->
                        headers.stream()
                                .anyMatch(header ->
                                        header.name().equals(wanted.getKey())
                                                && (wanted.getValue().isEmpty()
                                                        || isValue(
                                                                header, wanted.getValue().get())));
        return switch (match.mode()) {
            case ALL -> match.values().entrySet().stream().allMatch(isThere);
            case ANY -> match.values().entrySet().stream().anyMatch(isThere);
        };
    }

    private static boolean isValue(Header header, String wanted) {
        byte[] value = header.value();
        return value != null && new String(value, StandardCharsets.UTF_8).equals(wanted);
    }

    /** Trying the ways of twenty # one after another would take more steps than there are atoms. */
    @Test
    void aHostileKeyEnds() {
        var bindings = new HashSet<Binding>();
        var random = new Random(7);
        while (bindings.size() < 200) {
            String pattern =
                    IntStream.range(0, 20)
                            .mapToObj(_ -> random.nextBoolean() ? "#.a" : "#.b")
                            .collect(Collectors.joining("."));
            bindings.add(new Binding("t" + bindings.size(), 1, pattern, Optional.empty()));
        }
        RoutingTable table = table(Type.TOPIC, List.copyOf(bindings));
        String key = "a." + "b.a.".repeat(62) + "c";

        assertEquals(Set.of(), routed(table, key, List.of()));
    }
}
