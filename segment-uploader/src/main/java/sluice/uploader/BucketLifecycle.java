package sluice.uploader;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The bucket's own rules of expiry. Calls block and are safe from any thread. */
public interface BucketLifecycle {

    /**
     * A rule, as far as it can remove current objects.
     *
     * @param id its name in the bucket; may be empty
     * @param prefix of the keys it applies to; empty for all
     * @param expireAfterDays age at which it removes objects; 0 for a fixed date; empty if it
     *     removes none
     */
    record Rule(String id, String prefix, boolean enabled, OptionalInt expireAfterDays) {}

    /**
     * All rules of the bucket; empty if the store has no such interface.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE; INVALID if the store does not let us see them
     */
    Optional<List<Rule>> rules();

    /**
     * Puts {@code rules} in place of all rules whose id begins with {@code idPrefix}; keeps every
     * other rule as it is.
     *
     * @return false if the store has no such interface: nothing was done
     * @throws sluice.log.SluiceException UNAVAILABLE; UNKNOWN_OUTCOME; INVALID
     */
    boolean install(String idPrefix, List<Rule> rules);
}
