package sluice.engine.exchange;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import sluice.log.batch.BatchBuilder;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;

/**
 * An exchange's bindings, compiled: which topics a record goes to. A topic gets a record once,
 * however many of its bindings match. Never changes; used by any thread.
 *
 * <pre>
 *   direct   the routing key is the binding's, byte for byte
 *   topic    word by word, see {@link TopicPatterns}
 *   fanout   every binding
 *   headers  see {@link HeaderIndex}
 * </pre>
 */
public final class RoutingTable {

    /** A topic that is bound; one of its name that has another id is not. */
    public record Target(String topic, long topicId) {}

    private final ExchangeRecord exchange;
    private final List<Target> targets;
    private final Matcher matcher;

    /** One rule's way through the bindings. */
    interface Matcher {
        /** Sets the index of each target that matches. */
        void match(String routingKey, List<BatchBuilder.Header> headers, BitSet matched);
    }

    private RoutingTable(ExchangeRecord exchange, List<Target> targets, Matcher matcher) {
        this.exchange = exchange;
        this.targets = List.copyOf(targets);
        this.matcher = matcher;
    }

    public static RoutingTable of(ExchangeRecord exchange) {
        var indexes = new HashMap<Target, Integer>();
        var targets = new ArrayList<Target>();
        for (Binding binding : exchange.bindings()) {
            var target = new Target(binding.topic(), binding.topicId());
            if (indexes.putIfAbsent(target, targets.size()) == null) {
                targets.add(target);
            }
        }
        return new RoutingTable(exchange, targets, compiled(exchange, indexes));
    }

    private static Matcher compiled(ExchangeRecord exchange, Map<Target, Integer> indexes) {
        return switch (exchange.type()) {
            case DIRECT -> direct(exchange, indexes);
            case TOPIC -> {
                var patterns = new TopicPatterns();
                exchange.bindings()
                        .forEach(each -> patterns.add(each.routingKey(), index(each, indexes)));
                yield (routingKey, _, matched) -> patterns.match(routingKey, matched);
            }
            case FANOUT -> (_, _, matched) -> matched.set(0, indexes.size());
            case HEADERS -> {
                var rules = new ArrayList<HeaderIndex.Rule>();
                for (Binding each : exchange.bindings()) {
                    int target = index(each, indexes);
                    each.match().ifPresent(match -> rules.add(new HeaderIndex.Rule(match, target)));
                }
                var headerIndex = new HeaderIndex(rules);
                yield (_, headers, matched) -> headerIndex.match(headers, matched);
            }
        };
    }

    private static Matcher direct(ExchangeRecord exchange, Map<Target, Integer> indexes) {
        var byKey = new HashMap<String, List<Integer>>();
        for (Binding each : exchange.bindings()) {
            byKey.computeIfAbsent(each.routingKey(), _ -> new ArrayList<>(1))
                    .add(index(each, indexes));
        }
        return (routingKey, _, matched) ->
                byKey.getOrDefault(routingKey, List.of()).forEach(matched::set);
    }

    private static int index(Binding binding, Map<Target, Integer> indexes) {
        return Objects.requireNonNull(
                indexes.get(new Target(binding.topic(), binding.topicId())),
                "every binding has a target");
    }

    public ExchangeRecord exchange() {
        return exchange;
    }

    /** The topics that are bound, each once. */
    public List<Target> targets() {
        return targets;
    }

    /** The indexes, in {@link #targets}, of the topics that get the record; rising. */
    public int[] route(String routingKey, List<BatchBuilder.Header> headers) {
        var matched = new BitSet(targets.size());
        matcher.match(routingKey, headers, matched);
        return matched.stream().toArray();
    }
}
