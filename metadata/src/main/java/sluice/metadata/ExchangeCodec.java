package sluice.metadata;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * The body of an item in {@code exchanges}, whose key is {@code namespace/name}:
 *
 * <pre>
 *   f            1
 *   type         DIRECT, TOPIC, FANOUT, HEADERS
 *   alternate    name, absent if there is none
 *   bindings     packed text of a JSON array, absent if there are none; each element an array:
 *                  topic's name, topic's id, routing key
 *                  and for headers: ALL or ANY, {name: value, or null if it need only be there}
 *   createdAtMs  number
 * </pre>
 */
final class ExchangeCodec {

    /** Of all bindings as JSON; packed it is less than half, but for names drawn by lot. */
    private static final int TEXT_CHARS_MAX = 4 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ExchangeCodec() {}

    /**
     * @throws SluiceException CONFLICT with code {@code too-many-bindings}
     */
    static String encode(ExchangeRecord exchange) {
        var json = StoredJson.write().put("type", exchange.type().name());
        exchange.alternate().ifPresent(name -> json.put("alternate", name));
        int count = exchange.bindings().size();
        if (count > ExchangeRecord.BINDINGS_MAX) {
            throw tooMany(exchange, "bindingsMax=" + ExchangeRecord.BINDINGS_MAX);
        }
        if (count > 0) {
            ArrayNode bindings = JSON.createArrayNode();
            exchange.bindings().forEach(binding -> encode(bindings.addArray(), binding));
            String text = bindings.toString();
            if (text.length() > TEXT_CHARS_MAX) {
                throw tooMany(exchange, "bindingCharsMax=" + TEXT_CHARS_MAX);
            }
            json.put("bindings", PackedText.pack(text));
        }
        String body = json.put("createdAtMs", exchange.createdAtMs()).toString();
        // All but the alternate's name is ASCII, and that is short.
        if (body.length() > ItemStore.BODY_BYTES_MAX - 1024) {
            throw tooMany(exchange, "itemBytesMax=" + ItemStore.BODY_BYTES_MAX);
        }
        return body;
    }

    private static void encode(ArrayNode to, Binding binding) {
        to.add(binding.topic()).add(binding.topicId()).add(binding.routingKey());
        binding.match()
                .ifPresent(match -> {
                    var values = to.add(match.mode().name()).addObject();
                    match.values().forEach((name, value) -> values.put(name, value.orElse(null)));
                });
    }

    static ExchangeRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.EXCHANGES, key, body);
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw json.unreadable("not an exchange's key: expected=namespace/name");
        }
        List<Binding> bindings =
                json.optional("bindings")
                        .map(packed -> packed.unpacked().elements(ExchangeCodec::binding))
                        .orElse(List.of());
        return new ExchangeRecord(
                key.substring(0, slash),
                key.substring(slash + 1),
                json.word(ExchangeRecord.Type.class, "type"),
                json.optional("alternate").map(StoredJson::asText),
                bindings,
                json.number("createdAtMs"));
    }

    private static Binding binding(StoredJson json) {
        Optional<Binding.HeaderMatch> match =
                json.node().size() > 3
                        ? Optional.of(
                                new Binding.HeaderMatch(
                                        json.word(Binding.Mode.class, 3), values(json.at(4))))
                        : Optional.empty();
        return new Binding(json.text(0), json.number(1), json.text(2), match);
    }

    private static Map<String, Optional<String>> values(StoredJson json) {
        var names = new ArrayList<String>();
        json.node().fieldNames().forEachRemaining(names::add);
        var values = new HashMap<String, Optional<String>>();
        for (String name : names) {
            values.put(name, json.optional(name).map(StoredJson::asText));
        }
        return values;
    }

    private static SluiceException tooMany(ExchangeRecord exchange, String limit) {
        return new SluiceException(
                Kind.CONFLICT,
                "too-many-bindings",
                "the exchange has as many bindings as it may have: exchange=%s bindings=%d %s; remove some, or use several exchanges"
                        .formatted(exchange.name(), exchange.bindings().size(), limit));
    }
}
