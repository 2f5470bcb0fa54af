package sluice.gateway.group;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.TopicPartition;
import sluice.gateway.consume.QueryValues;

/** How far a search got, {@code topic/partition/offset}: where its next page goes on. */
record MessagePlace(TopicPartition at, long offset) {

    private static final Pattern FORM = Pattern.compile("([^/]{1,249})/([0-9]{1,9})/([0-9]{1,18})");

    static Optional<MessagePlace> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw QueryValues.bad(
                    "after=%s: expected nextAfter of the page before".formatted(text));
        }
        return Optional.of(
                new MessagePlace(
                        new TopicPartition(form.group(1), Integer.parseInt(form.group(2))),
                        Long.parseLong(form.group(3))));
    }

    @Override
    public String toString() {
        return at.topic() + "/" + at.partition() + "/" + offset;
    }
}
