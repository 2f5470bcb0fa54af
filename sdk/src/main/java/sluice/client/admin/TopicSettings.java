package sluice.client.admin;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a topic is to be like; what is left out is the cluster's default, or stays as it is.
 *
 * @param partitions 1 to 10,000; may grow later, not shrink
 * @param retention a whole number with {@code s}, {@code m}, {@code h} or {@code d}, or {@code
 *     forever}
 * @param recordBytesMax of key, value and headers of a record together
 */
public record TopicSettings(
        OptionalInt partitions,
        Optional<String> retention,
        Optional<Profile> profile,
        OptionalInt recordBytesMax) {

    /** All as the cluster has it. */
    public static TopicSettings defaults() {
        return new TopicSettings(
                OptionalInt.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    public TopicSettings partitions(int partitions) {
        return new TopicSettings(OptionalInt.of(partitions), retention, profile, recordBytesMax);
    }

    public TopicSettings retention(String retention) {
        return new TopicSettings(partitions, Optional.of(retention), profile, recordBytesMax);
    }

    public TopicSettings profile(Profile profile) {
        return new TopicSettings(partitions, retention, Optional.of(profile), recordBytesMax);
    }

    public TopicSettings recordBytesMax(int bytes) {
        return new TopicSettings(partitions, retention, profile, OptionalInt.of(bytes));
    }
}
