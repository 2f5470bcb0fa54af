package sluice.engine;

import sluice.metadata.ClusterStore;

/** Hands out producer ids of blocks that no other gateway has. Blocks; safe from any thread. */
final class ProducerIds {

    private static final int BLOCK = 1000;

    private final ClusterStore store;
    private long next;
    private long end;

    ProducerIds(ClusterStore store) {
        this.store = store;
    }

    synchronized long next() {
        if (next == end) {
            next = store.reserveProducerIds(BLOCK);
            end = next + BLOCK;
        }
        return next++;
    }
}
