package sluice.consumer.group;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;

/** The headers of a dead letter that tell where it came from and why. */
public final class DeadLetterHeaders {

    /** All of them begin so. */
    public static final String PREFIX = "sluice-dead-letter-";

    public static final String GROUP = PREFIX + "group";
    public static final String REASON = PREFIX + "reason";

    /** Of a message that was a dead letter: topic, partition and offset where it was one. */
    public static final String REDRIVEN_FROM = "sluice-redriven-from";

    /** The topic and partition from which it was given out. */
    public record Origin(String topic, int partition) {}

    private DeadLetterHeaders() {}

    /**
     * @throws SluiceException INVALID {@code no-origin} if it does not tell
     */
    public static Origin origin(LogRecord letter) {
        Optional<String> topic = text(letter, "topic");
        Optional<Integer> partition = number(letter, "partition").map(Math::toIntExact);
        if (topic.isPresent() && partition.isPresent()) {
            return new Origin(topic.get(), partition.get());
        }
        throw new SluiceException(
                SluiceException.Kind.INVALID,
                "no-origin",
                "the message does not tell from where it came: offset=%d expected=%stopic, %spartition; redrive it to a topic"
                        .formatted(letter.offset(), PREFIX, PREFIX));
    }

    /**
     * @param name what follows {@link #PREFIX}
     */
    public static Optional<String> text(LogRecord letter, String name) {
        for (LogRecord.Header each : letter.headers()) {
            var value = each.value();
            if (each.name().equals(PREFIX + name) && value != null) {
                return Optional.of(StandardCharsets.UTF_8.decode(value.duplicate()).toString());
            }
        }
        return Optional.empty();
    }

    /** A whole number, if it is one that is not negative and not beyond an offset. */
    public static Optional<Long> number(LogRecord letter, String name) {
        return text(letter, name)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::valueOf)
                .filter(number -> !name.equals("partition") || number <= Integer.MAX_VALUE);
    }

    /** The headers that the message had before it was a dead letter. */
    public static List<LogRecord.Header> own(LogRecord letter) {
        return letter.headers().stream().filter(each -> !each.name().startsWith(PREFIX)).toList();
    }
}
