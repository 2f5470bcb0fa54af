package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.regex.Pattern;
import sluice.consumer.queue.QueueChoice;
import sluice.consumer.queue.QueuePolicy;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.metadata.QueueConfig;

/** Whether settings are ones that a queue group can have. */
final class QueueSettings {

    private static final Duration GRACE_MAX = Duration.ofMinutes(30);
    private static final Duration DELAY_MAX = Duration.ofDays(7);
    private static final int PREFETCH_MAX = 10_000;
    private static final int IN_FLIGHT_MAX = 1_000_000;
    private static final int DELIVERIES_MAX = 1_000_000;
    private static final int JITTER_MAX = 100;
    private static final int HEADER_CHARS_MAX = 200;
    private static final int WEIGHTS_MAX = 1_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private QueueSettings() {}

    /**
     * @throws SluiceException INVALID {@code bad-group}, {@code dead-letter-cycle}
     */
    static void check(QueueConfig config) {
        GroupSettings.checkBetween("reconnectGrace", config.reconnectGrace(), GRACE_MAX);
        checkBetween("prefetch", config.prefetch(), 1, PREFETCH_MAX);
        checkBetween("inFlightMax", config.inFlightMax(), 1, IN_FLIGHT_MAX);
        checkBetween("deliveryLimit", config.deliveryLimit(), 0, DELIVERIES_MAX);
        QueueConfig.Backoff backoff = config.backoff();
        checkDelay("delay", backoff.delay());
        checkDelay("delayMax", backoff.delayMax());
        if (backoff.delayMax().compareTo(backoff.delay()) < 0) {
            throw GroupSettings.bad(
                    "the longest back-off is shorter than the first: delay=%s delayMax=%s"
                            .formatted(backoff.delay(), backoff.delayMax()));
        }
        checkBetween("jitterPercent", backoff.jitterPercent(), 0, JITTER_MAX);
        config.deadLetters().ifPresent(topic -> checkDeadLetters(config, topic));
        config.choice().tenants().ifPresent(QueueSettings::check);
    }

    private static void check(QueueConfig.Tenants tenants) {
        if (tenants.header().isEmpty() || tenants.header().length() > HEADER_CHARS_MAX) {
            throw GroupSettings.bad(
                    "the header of tenants has 1 to %d characters: length=%d"
                            .formatted(HEADER_CHARS_MAX, tenants.header().length()));
        }
        checkBetween("tenants.inFlightMax", tenants.inFlightMax(), 0, IN_FLIGHT_MAX);
        if (tenants.weights().size() > WEIGHTS_MAX) {
            throw GroupSettings.bad(
                    "too many tenants have weights: tenants=%d max=%d"
                            .formatted(tenants.weights().size(), WEIGHTS_MAX));
        }
        tenants.weights()
                .forEach((tenant, weight) ->
                        checkBetween(
                                "tenants.weights." + tenant,
                                weight,
                                1,
                                QueueChoice.Tenants.WEIGHT_MAX));
    }

    private static QueueChoice choice(QueueConfig.Choice choice) {
        return new QueueChoice(
                choice.isByKey(),
                choice.isByPriority(),
                choice.onExpiry() == QueueConfig.OnExpiry.DEAD_LETTER,
                choice.tenants()
                        .map(each ->
                                new QueueChoice.Tenants(
                                        each.header(), each.inFlightMax(), each.weights())));
    }

    /** What partitions' owners are told of the settings. */
    static QueuePolicy policy(QueueConfig config) {
        QueueConfig.Backoff backoff = config.backoff();
        return new QueuePolicy(
                config.deliveryLimit(),
                new QueuePolicy.Backoff(
                        backoff.delay(),
                        backoff.delayMax(),
                        backoff.growth() == QueueConfig.Backoff.Growth.EXPONENTIAL,
                        backoff.jitterPercent() / 100.0),
                choice(config.choice()));
    }

    /** What a group gives up must not come back to it. */
    private static void checkDeadLetters(QueueConfig config, String topic) {
        if (!NAME.matcher(topic).matches()) {
            throw GroupSettings.bad(
                    "a topic's name has letters, digits, '.', '_' and '-': deadLetterTopic="
                            + topic);
        }
        if (new TopicPatterns(config.topics()).matches(topic)) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "dead-letter-cycle",
                    "the group reads the topic of its own dead letters: deadLetterTopic="
                            + topic
                            + "; choose another topic, or a pattern that leaves it out");
        }
    }

    private static void checkBetween(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw GroupSettings.bad("%s=%d expected=%d..%d".formatted(name, value, min, max));
        }
    }

    private static void checkDelay(String name, Duration value) {
        if (value.isNegative() || value.compareTo(DELAY_MAX) > 0) {
            throw GroupSettings.bad(
                    "%s expected from 0 s to %s: %s".formatted(name, DELAY_MAX, value));
        }
    }
}
