package sluice.gateway.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.MessageFilter.HeaderIs;
import sluice.gateway.consume.QueryValues;

/** Which messages are meant, as queries and bodies say it. */
final class MessageWords {

    static final int HEADERS_MAX = 8;

    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,15}");

    private MessageWords() {}

    static MessageFilter filter(MessageParameters asked) {
        return new MessageFilter(
                key(asked.key, asked.keyBase64),
                headers(asked.header == null ? List.of() : asked.header),
                time("from", asked.from),
                time("to", asked.to));
    }

    static Optional<ByteBuffer> key(@Nullable String key, @Nullable String keyBase64) {
        if (key != null && keyBase64 != null) {
            throw QueryValues.bad("key and keyBase64: expected one of them");
        }
        if (keyBase64 == null) {
            return Optional.ofNullable(key).map(MessageWords::bytes);
        }
        try {
            return Optional.of(ByteBuffer.wrap(Base64.getDecoder().decode(keyBase64)));
        } catch (IllegalArgumentException e) {
            throw QueryValues.bad("keyBase64: expected base64");
        }
    }

    static List<HeaderIs> headers(List<String> texts) {
        if (texts.size() > HEADERS_MAX) {
            throw QueryValues.bad("header: expected up to " + HEADERS_MAX);
        }
        return texts.stream().map(MessageWords::header).toList();
    }

    private static HeaderIs header(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (name.isEmpty()) {
            throw QueryValues.bad("header=%s: expected name:value or name".formatted(text));
        }
        return new HeaderIs(
                name, colon < 0 ? Optional.empty() : Optional.of(bytes(text.substring(colon + 1))));
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static OptionalLong time(String name, @Nullable String text) {
        if (text == null) {
            return OptionalLong.empty();
        }
        if (MILLISECONDS.matcher(text).matches()) {
            return OptionalLong.of(Long.parseLong(text));
        }
        try {
            return OptionalLong.of(Instant.parse(text).toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw QueryValues.bad(
                    "%s=%s: expected milliseconds since 1970, or a time such as 2026-03-01T12:00:00Z"
                            .formatted(name, text));
        }
    }
}
