package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import sluice.consumer.stream.GroupLimits;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicRecord;

/** Whether settings are ones that a group can have. */
final class GroupSettings {

    static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);
    static final Duration SESSION_TIMEOUT_MAX = Duration.ofMinutes(30);
    static final Duration REVOCATION_TIMEOUT_MAX = Duration.ofHours(1);
    private static final int PATTERNS_MAX = 100;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._*?-]{1,249}");

    private GroupSettings() {}

    /**
     * @throws SluiceException INVALID {@code bad-group}
     */
    static void check(GroupConfig config) {
        if (config.topics().isEmpty() || config.topics().size() > PATTERNS_MAX) {
            throw bad(
                    "1 to %d names or patterns of topics expected: topics=%d"
                            .formatted(PATTERNS_MAX, config.topics().size()));
        }
        for (String topic : config.topics()) {
            if (!NAME.matcher(topic).matches()) {
                throw bad(
                        "a topic's name has letters, digits, '.', '_' and '-', a pattern also '*' and '?': topic="
                                + topic);
            }
        }
        checkBetween("sessionTimeout", config.sessionTimeout(), SESSION_TIMEOUT_MAX);
        if (config.start() instanceof GroupConfig.Start.Timestamp(long ms) && ms < 0) {
            throw bad("a timestamp counts from 1970: ms=" + ms);
        }
        if (config.start() instanceof GroupConfig.Start.Offset(long offset) && offset < 0) {
            throw bad("an offset counts from 0: offset=" + offset);
        }
        switch (config) {
            case StreamConfig stream ->
                    checkBetween(
                            "revocationTimeout",
                            stream.revocationTimeout(),
                            REVOCATION_TIMEOUT_MAX);
            case QueueConfig queue -> QueueSettings.check(queue);
        }
    }

    static void checkBetween(String name, Duration value, Duration max) {
        if (value.compareTo(TIMEOUT_MIN) < 0 || value.compareTo(max) > 0) {
            throw bad("%s expected from %s to %s: %s".formatted(name, TIMEOUT_MIN, max, value));
        }
    }

    /**
     * @throws SluiceException NOT_FOUND {@code unknown-topic}, {@code pattern-matches-nothing};
     *     INVALID {@code group-too-large}
     */
    static void checkTopics(
            GroupConfig config, List<TopicRecord> found, boolean allowMissing, GroupLimits limits) {
        if (!limits.allow(found)) {
            throw new SluiceException(
                    Kind.INVALID,
                    "group-too-large",
                    "a group reads at most %d topics with %d partitions: topics=%d; use several groups"
                            .formatted(limits.topicsMax(), limits.partitionsMax(), found.size()));
        }
        for (String topic : config.topics()) {
            boolean isThere =
                    found.stream().anyMatch(each -> TopicPatterns.matches(topic, each.name()));
            if (!isThere && !allowMissing) {
                boolean isPattern = TopicPatterns.isPattern(topic);
                throw new SluiceException(
                        Kind.NOT_FOUND,
                        isPattern ? "pattern-matches-nothing" : "unknown-topic",
                        "there is no such topic now: topic="
                                + topic
                                + "; create it first, or allow missing ones");
            }
        }
    }

    static SluiceException exists(GroupConfig.Type type) {
        return new SluiceException(
                Kind.CONFLICT,
                "group-exists",
                "the group exists with another type: type=" + type + "; delete it first");
    }

    /** What was asked is asked of groups of the other type. */
    static SluiceException wrongType(GroupConfig.Type type) {
        return new SluiceException(
                Kind.CONFLICT,
                "wrong-group-type",
                "a group of another type is needed for this: type=" + type);
    }

    static SluiceException bad(String what) {
        return new SluiceException(Kind.INVALID, "bad-group", what);
    }
}
