package sluice.metadata;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * A way from an exchange to a topic.
 *
 * @param topicId the topic that was bound; one that is made later under its name is another
 * @param routingKey the key of a direct exchange, the pattern of a topic exchange, else empty
 * @param match what a record's headers must have; of a headers exchange alone
 */
public record Binding(String topic, long topicId, String routingKey, Optional<HeaderMatch> match) {

    /** As in AMQP 0-9-1, whose keys have at most so many bytes. */
    public static final int ROUTING_KEY_BYTES_MAX = 255;

    public static final int HEADERS_MAX = 32;
    public static final int HEADER_BYTES_MAX = 255;

    /** By topic, then by key: how bindings are stored and listed. */
    static final Comparator<Binding> ORDER =
            Comparator.comparing(Binding::topic)
                    .thenComparingLong(Binding::topicId)
                    .thenComparing(Binding::routingKey)
                    .thenComparing(
                            binding -> binding.match().map(HeaderMatch::toString).orElse(""));

    /** How many of the headers must be there. The names are stored: add, never rename. */
    public enum Mode {
        ALL,
        ANY
    }

    /**
     * @param values by name; empty where the header need only be there
     */
    public record HeaderMatch(Mode mode, Map<String, Optional<String>> values) {
        public HeaderMatch {
            values = Collections.unmodifiableMap(new TreeMap<>(values));
        }
    }

    /**
     * Whether an exchange of this type can have it.
     *
     * @throws SluiceException INVALID with code {@code bad-binding}
     */
    public void check(ExchangeRecord.Type type) {
        if (bytes(routingKey) > ROUTING_KEY_BYTES_MAX) {
            throw bad("a routing key has at most %d bytes".formatted(ROUTING_KEY_BYTES_MAX));
        }
        switch (type) {
            case DIRECT, TOPIC, FANOUT -> {
                if (match.isPresent()) {
                    throw bad("only a headers exchange looks at headers");
                }
                if (type == ExchangeRecord.Type.FANOUT && !routingKey.isEmpty()) {
                    throw bad("a fanout exchange looks at no routing key; leave it out");
                }
            }
            case HEADERS -> {
                if (!routingKey.isEmpty()) {
                    throw bad("a headers exchange looks at no routing key; leave it out");
                }
                checkMatch();
            }
        }
    }

    private void checkMatch() {
        int count = match.map(each -> each.values().size()).orElse(0);
        if (count < 1 || count > HEADERS_MAX) {
            throw bad(
                    "a headers exchange needs 1 to %d headers to look at: headers=%d"
                            .formatted(HEADERS_MAX, count));
        }
        match.orElseThrow()
                .values()
                .forEach((name, value) -> {
                    if (bytes(name) > HEADER_BYTES_MAX
                            || bytes(value.orElse("")) > HEADER_BYTES_MAX) {
                        throw bad(
                                "a header's name and its value have at most %d bytes each"
                                        .formatted(HEADER_BYTES_MAX));
                    }
                });
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private SluiceException bad(String why) {
        return new SluiceException(
                Kind.INVALID, "bad-binding", "%s: topic=%s".formatted(why, topic));
    }
}
