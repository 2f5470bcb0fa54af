package sluice.uploader;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.log.SluiceException;

/**
 * A prefix in the bucket whose objects one lifecycle rule expires. A topic's objects lie in the
 * smallest class that is at least its retention; what is older than the exact retention but still
 * in the bucket is hidden from readers.
 *
 * <p>The labels are part of object keys and footers, the ids of wal entries: add, never change.
 */
public enum RetentionClass {
    ONE_DAY(1, "1d", 1),
    SEVEN_DAYS(2, "7d", 7),
    THIRTY_DAYS(3, "30d", 30),
    NINETY_DAYS(4, "90d", 90),
    YEAR(5, "365d", 365),
    FOREVER(6, "forever", 0);

    private final byte id;
    private final String label;
    private final int days;

    RetentionClass(int id, String label, int days) {
        this.id = (byte) id;
        this.label = label;
        this.days = days;
    }

    /**
     * @param retention empty means for ever
     */
    public static RetentionClass of(
            @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Duration> retention) {
        if (retention.isPresent()) {
            for (RetentionClass candidate : values()) {
                if (candidate.days > 0
                        && retention.get().compareTo(Duration.ofDays(candidate.days)) <= 0) {
                    return candidate;
                }
            }
        }
        return FOREVER;
    }

    /** What wal entries call the class. */
    public byte id() {
        return id;
    }

    /**
     * @throws SluiceException DATA {@code unknown-retention-class}
     */
    public static RetentionClass of(byte id) {
        for (RetentionClass candidate : values()) {
            if (candidate.id == id) {
                return candidate;
            }
        }
        throw new SluiceException(
                SluiceException.Kind.DATA,
                "unknown-retention-class",
                "a wal entry names a retention class that this version does not know: id=" + id);
    }

    /**
     * @throws IllegalArgumentException if no class has this label
     */
    public static RetentionClass labelled(String label) {
        for (RetentionClass candidate : values()) {
            if (candidate.label.equals(label)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("not a retention class: label=" + label);
    }

    public String label() {
        return label;
    }

    /** Days for which an object must stay; empty for ever. */
    public OptionalInt days() {
        return days == 0 ? OptionalInt.empty() : OptionalInt.of(days);
    }

    /** What the keys of the class's objects begin with. */
    public String prefix() {
        return "data/" + label + "/";
    }
}
