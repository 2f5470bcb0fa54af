package sluice.metadata;

import java.util.UUID;

/**
 * What is fixed for a cluster's life.
 *
 * @param id random; names the cluster's objects and tells two clusters apart
 * @param slots how many slots there are, 1 to {@link #SLOTS_MAX}
 */
public record ClusterRecord(UUID id, int slots) {

    /** A slot's number is stored in two bytes. */
    public static final int SLOTS_MAX = 65_536;

    public ClusterRecord {
        if (slots < 1 || slots > SLOTS_MAX) {
            throw new IllegalArgumentException(
                    "a cluster has 1 to " + SLOTS_MAX + " slots: slots=" + slots);
        }
    }
}
