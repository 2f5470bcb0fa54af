package sluice.client.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionerTest {

    @Test
    void keyGoesWhereTheServerWouldPutIt() {
        long seed = 31;
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] key = Sent.bytes(random, random.nextInt(40));
            int partitions = random.nextInt(1, 10_000);

            assertEquals(
                    sluice.log.batch.Partitioner.forKey(key, partitions),
                    Partitioner.forKey(key, partitions),
                    "seed=" + seed + " round=" + round);
        }
    }

    @Test
    void thereMustBeAPartition() {
        assertThrows(IllegalArgumentException.class, () -> Partitioner.forKey(new byte[] {1}, 0));
    }
}
