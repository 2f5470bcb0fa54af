package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionerTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keyLandsWhereKafkaPutsIt(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] key = Sent.bytes(random, random.nextInt(70));
            int partitions = random.nextInt(1, random.nextBoolean() ? 64 : Integer.MAX_VALUE);

            assertEquals(
                    Utils.toPositive(Utils.murmur2(key)) % partitions,
                    Partitioner.forKey(key, partitions),
                    "seed=" + seed + " i=" + i + " keyBytes=" + key.length);
        }
    }

    @Test
    void emptyKeyIsAKey() {
        assertEquals(
                Utils.toPositive(Utils.murmur2(new byte[0])) % 12,
                Partitioner.forKey(new byte[0], 12));
    }

    @Test
    void thereMustBeAPartition() {
        assertThrows(IllegalArgumentException.class, () -> Partitioner.forKey(new byte[] {1}, 0));
    }
}
