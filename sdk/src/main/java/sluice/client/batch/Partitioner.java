package sluice.client.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Chooses partitions as Kafka's default partitioner does. */
public final class Partitioner {

    private static final VarHandle LITTLE_ENDIAN_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SEED = 0x9747B28C;
    private static final int MULTIPLIER = 0x5BD1E995;

    private Partitioner() {}

    /**
     * The partition of a key: {@code toPositive(murmur2(key)) % partitions}, with Kafka's murmur2
     * and seed, so that a key lands where a Kafka producer would put it.
     *
     * @throws IllegalArgumentException if there is no partition to choose
     */
    public static int forKey(byte[] key, int partitions) {
        if (partitions <= 0) {
            throw new IllegalArgumentException(
                    "there must be a partition to choose: partitions=" + partitions);
        }
        return (murmur2(key) & Integer.MAX_VALUE) % partitions;
    }

    /** MurmurHash2, 32 bits, by Austin Appleby. */
    private static int murmur2(byte[] key) {
        int hash = SEED ^ key.length;
        int index = 0;
        for (; index + Integer.BYTES <= key.length; index += Integer.BYTES) {
            int word = (int) LITTLE_ENDIAN_INT.get(key, index) * MULTIPLIER;
            hash = (hash * MULTIPLIER) ^ ((word ^ (word >>> 24)) * MULTIPLIER);
        }
        if (index < key.length) {
            int tail = 0;
            for (int i = key.length - 1; i >= index; i--) {
                tail = (tail << Byte.SIZE) | (key[i] & 0xFF);
            }
            hash = (hash ^ tail) * MULTIPLIER;
        }
        hash = (hash ^ (hash >>> 13)) * MULTIPLIER;
        return hash ^ (hash >>> 15);
    }
}
