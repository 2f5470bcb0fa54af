package sluice.uploader;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * The rules a bucket should have, and those it must not have.
 *
 * <p>An object's age counts from its PUT, which is after the append of every record in it; so a
 * rule of exactly the class's days is early for no record. Ours wait one day more, so that a reader
 * who looked at the index shortly before a record's end still finds the bytes.
 */
public final class LifecycleRules {

    /** Days that our rules wait beyond the class. */
    public static final int MARGIN_DAYS = 1;

    private static final String ID_PREFIX = "sluice-";

    private LifecycleRules() {}

    /** One rule for each class that ends. */
    public static List<BucketLifecycle.Rule> wanted() {
        List<BucketLifecycle.Rule> rules = new ArrayList<>();
        for (RetentionClass retentionClass : RetentionClass.values()) {
            retentionClass
                    .days()
                    .ifPresent(days ->
                            rules.add(
                                    new BucketLifecycle.Rule(
                                            ID_PREFIX + retentionClass.label(),
                                            retentionClass.prefix(),
                                            true,
                                            OptionalInt.of(days + MARGIN_DAYS))));
        }
        return List.copyOf(rules);
    }

    /**
     * Gives the bucket our rules and keeps those of others.
     *
     * @return false if the store has no lifecycle interface: nothing was done
     */
    public static boolean apply(BucketLifecycle lifecycle) {
        return lifecycle.install(ID_PREFIX, wanted());
    }

    /**
     * @throws SluiceException INVALID {@code lifecycle-deletes-early}, naming the rule, if one
     *     would remove an object that a reader or Sluice itself may still need
     */
    public static void check(List<BucketLifecycle.Rule> rules) {
        for (BucketLifecycle.Rule rule : rules) {
            if (!rule.enabled() || rule.expireAfterDays().isEmpty()) {
                continue;
            }
            int days = rule.expireAfterDays().getAsInt();
            for (RetentionClass retentionClass : RetentionClass.values()) {
                if (overlap(rule.prefix(), retentionClass.prefix())
                        && (retentionClass.days().isEmpty()
                                || days < retentionClass.days().getAsInt())) {
                    throw early(rule, retentionClass.prefix(), retentionClass.label());
                }
            }
            if (overlap(rule.prefix(), SlotCheckpoint.PREFIX)) {
                throw early(rule, SlotCheckpoint.PREFIX, "for ever");
            }
        }
    }

    private static boolean overlap(String one, String other) {
        return one.startsWith(other) || other.startsWith(one);
    }

    private static SluiceException early(BucketLifecycle.Rule rule, String prefix, String needed) {
        return new SluiceException(
                Kind.INVALID,
                "lifecycle-deletes-early",
                ("the bucket's lifecycle rule '%s' (prefix '%s', %d days) deletes objects under"
                                + " '%s' that must be kept: needed=%s; remove or narrow the rule")
                        .formatted(
                                rule.id(),
                                rule.prefix(),
                                rule.expireAfterDays().getAsInt(),
                                prefix,
                                needed));
    }
}
