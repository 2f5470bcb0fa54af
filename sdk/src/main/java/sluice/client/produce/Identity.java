package sluice.client.produce;

/**
 * Under what name a partition's batches are numbered.
 *
 * @param producerId given by the cluster, to this producer alone; {@link #NONE} without idempotence
 * @param epoch a higher one makes the partition's owner refuse whatever comes late of a lower one
 */
record Identity(long producerId, int epoch) {

    static final int EPOCH_MAX = Short.MAX_VALUE;

    /** Of batches that are not numbered. */
    static final Identity NONE = new Identity(-1, -1);
}
