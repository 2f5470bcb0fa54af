package sluice.client.exchange;

import java.util.Locale;

/** By what an exchange finds the topics of a record. */
public enum ExchangeType {
    /** The routing key is that of the binding. */
    DIRECT,
    /**
     * The routing key's words, between dots, are as the binding says: {@code *} is one word, {@code
     * #} any number of them.
     */
    TOPIC,
    /** All topics that are bound. */
    FANOUT,
    /** The record has the headers that the binding names. */
    HEADERS;

    /** As in the API. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ExchangeType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
