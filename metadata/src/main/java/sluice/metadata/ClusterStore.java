package sluice.metadata;

import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Table;

/**
 * What a cluster has once. Errors as {@link Items}.
 *
 * <p>Items of the table {@code cluster}:
 *
 * <pre>
 *   cluster       f, id (UUID), slots (number)
 *   producer-ids  f, next (the first producer id that was never reserved)
 * </pre>
 */
public final class ClusterStore {

    private static final String CLUSTER_KEY = "cluster";
    private static final String PRODUCER_IDS_KEY = "producer-ids";

    private final Items items;

    public ClusterStore(Items items) {
        this.items = items;
    }

    public Optional<ClusterRecord> get() {
        return items.get(Table.CLUSTER, CLUSTER_KEY).map(item -> decoded(item.body()));
    }

    /**
     * The cluster's record: the one that is there, or {@code ifNew} if this call is the first. All
     * callers get the same answer, whatever each proposed.
     */
    public ClusterRecord openOrCreate(ClusterRecord ifNew) {
        return items.update(
                        Table.CLUSTER,
                        CLUSTER_KEY,
                        found ->
                                found.isPresent()
                                        ? Optional.empty()
                                        : Optional.of(
                                                StoredJson.write()
                                                        .put("id", ifNew.id().toString())
                                                        .put("slots", ifNew.slots())
                                                        .toString()))
                .map(cluster -> decoded(cluster.value()))
                .orElseThrow();
    }

    /**
     * Reserves {@code count} producer ids in a row. A block is never handed out twice; after an
     * UNKNOWN_OUTCOME one may never be handed out at all.
     *
     * @return the first id of the block, from 0
     */
    public long reserveProducerIds(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be positive: count=" + count);
        }
        long end =
                items.update(
                                Table.CLUSTER,
                                PRODUCER_IDS_KEY,
                                found -> Optional.of(advanced(found, count)))
                        .map(written -> nextProducerId(written.value()))
                        .orElseThrow();
        return end - count;
    }

    private static String advanced(Optional<String> found, int count) {
        long next = found.map(ClusterStore::nextProducerId).orElse(0L);
        if (next > Long.MAX_VALUE - count) {
            throw new SluiceException(
                    Kind.DATA,
                    "producer-ids-exhausted",
                    "no producer ids are left: next=%d count=%d".formatted(next, count));
        }
        return StoredJson.write().put("next", next + count).toString();
    }

    private static long nextProducerId(String body) {
        return StoredJson.read(Table.CLUSTER, PRODUCER_IDS_KEY, body).number("next");
    }

    private static ClusterRecord decoded(String body) {
        var json = StoredJson.read(Table.CLUSTER, CLUSTER_KEY, body);
        return new ClusterRecord(json.uuid("id"), json.integer("slots"));
    }
}
