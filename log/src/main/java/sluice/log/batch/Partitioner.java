package sluice.log.batch;

/** Chooses partitions as Kafka's default partitioner does. */
public final class Partitioner {

    private Partitioner() {}

    /**
     * The partition of a key: {@code toPositive(murmur2(key)) % partitions}, with Kafka's murmur2
     * and seed, so that a key lands where a Kafka producer would put it.
     */
    public static int forKey(byte[] key, int partitions) {
        throw new UnsupportedOperationException();
    }
}
