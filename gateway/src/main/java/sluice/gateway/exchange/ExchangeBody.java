package sluice.gateway.exchange;

import java.util.Locale;
import java.util.Optional;
import sluice.gateway.group.JsonFields;
import sluice.metadata.ExchangeRecord;

/**
 * What a PUT of an exchange says: {@code {"type": "direct" | "topic" | "fanout" | "headers",
 * "alternate": "name"}}; the type is needed.
 */
record ExchangeBody(ExchangeRecord.Type type, Optional<String> alternate) {

    static ExchangeBody parse(JsonFields body) {
        var read = new ExchangeBody(type(body), body.text("alternate"));
        body.end();
        read.alternate().ifPresent(ExchangeLookup::checkName);
        return read;
    }

    private static ExchangeRecord.Type type(JsonFields body) {
        String text = body.textNeeded("type");
        for (ExchangeRecord.Type type : ExchangeRecord.Type.values()) {
            if (word(type).equals(text)) {
                return type;
            }
        }
        throw body.bad("type", "expected direct, topic, fanout or headers");
    }

    /** As the API writes it. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
