package sluice.engine.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.log.batch.BatchBuilder;
import sluice.metadata.Binding.HeaderMatch;

/**
 * Bindings of a headers exchange. One with {@code all} matches if each of its headers is there,
 * with {@code any} if one of them is; a header is there if the record has one of that name and of
 * that value, or of any value if the binding names none. A record may have several of one name.
 *
 * <p>A binding is listed under one of its headers if it needs all, that which fewest others want,
 * and under each of them if it needs any. So a record looks only at bindings that want something
 * that it has, and not at all those that want what every record has.
 */
final class HeaderIndex {

    /** A header as bindings name it; without value it need only be there. */
    private record Wanted(String name, Optional<Value> value) {}

    /** Bytes to be compared by what they are. */
    private record Value(ByteBuffer bytes) {
        static Value of(byte[] bytes) {
            return new Value(ByteBuffer.wrap(bytes));
        }

        static Value of(String text) {
            return of(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A binding. */
    record Rule(HeaderMatch match, int target) {
        private List<Wanted> wanted() {
            return match.values().entrySet().stream()
                    .map(each -> new Wanted(each.getKey(), each.getValue().map(Value::of)))
                    .toList();
        }
    }

    /**
     * @param wanted what must be there, this one among them
     */
    private record Listed(List<Wanted> wanted, int target) {}

    private final Map<Wanted, List<Listed>> byHeader = new HashMap<>();

    HeaderIndex(List<Rule> rules) {
        Map<Wanted, Integer> counts = new HashMap<>();
        for (Rule rule : rules) {
            rule.wanted().forEach(each -> counts.merge(each, 1, Integer::sum));
        }
        for (Rule rule : rules) {
            List<Wanted> wanted = rule.wanted();
            switch (rule.match().mode()) {
                case ALL ->
                        wanted.stream()
                                .min(Comparator.comparingInt(each -> counts.getOrDefault(each, 0)))
                                .ifPresent(rarest -> list(rarest, wanted, rule.target()));
                case ANY -> wanted.forEach(each -> list(each, List.of(), rule.target()));
            }
        }
    }

    private void list(Wanted under, List<Wanted> wanted, int target) {
        byHeader.computeIfAbsent(under, _ -> new ArrayList<>(1)).add(new Listed(wanted, target));
    }

    void match(List<BatchBuilder.Header> headers, BitSet matched) {
        Set<Wanted> there = new HashSet<>();
        for (BatchBuilder.Header header : headers) {
            there.add(new Wanted(header.name(), Optional.empty()));
            byte[] value = header.value();
            if (value != null) {
                there.add(new Wanted(header.name(), Optional.of(Value.of(value))));
            }
        }
        for (Wanted each : there) {
            for (Listed listed : byHeader.getOrDefault(each, List.of())) {
                if (there.containsAll(listed.wanted())) {
                    matched.set(listed.target());
                }
            }
        }
    }
}
