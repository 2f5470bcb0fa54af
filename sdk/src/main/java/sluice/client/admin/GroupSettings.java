package sluice.client.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a stream group is to be like; what is empty is the cluster's default.
 *
 * @param topics names, or patterns with {@code *} for any characters and {@code ?} for one
 * @param isAtMostOnce whether an offset is committed before its record leaves for the member;
 *     otherwise members commit what they are done with
 * @param sessionTimeout a member that is silent for so long has ended
 * @param revocationTimeout a partition that a member is to give back is taken from it after so long
 * @param allowsMissing whether topics may match nothing yet
 */
public record GroupSettings(
        List<String> topics,
        Start start,
        boolean isAtMostOnce,
        Optional<Duration> sessionTimeout,
        Optional<Duration> revocationTimeout,
        boolean allowsMissing) {

    public GroupSettings {
        topics = List.copyOf(topics);
    }

    /** Reads these topics from the earliest record on, at least once. */
    public static GroupSettings reading(String... topics) {
        return new GroupSettings(
                List.of(topics), Start.EARLIEST, false, Optional.empty(), Optional.empty(), false);
    }

    public GroupSettings from(Start start) {
        return new GroupSettings(
                topics, start, isAtMostOnce, sessionTimeout, revocationTimeout, allowsMissing);
    }

    public GroupSettings atMostOnce() {
        return new GroupSettings(
                topics, start, true, sessionTimeout, revocationTimeout, allowsMissing);
    }

    public GroupSettings sessionTimeout(Duration timeout) {
        return new GroupSettings(
                topics,
                start,
                isAtMostOnce,
                Optional.of(timeout),
                revocationTimeout,
                allowsMissing);
    }

    public GroupSettings revocationTimeout(Duration timeout) {
        return new GroupSettings(
                topics, start, isAtMostOnce, sessionTimeout, Optional.of(timeout), allowsMissing);
    }

    public GroupSettings allowMissing() {
        return new GroupSettings(
                topics, start, isAtMostOnce, sessionTimeout, revocationTimeout, true);
    }
}
