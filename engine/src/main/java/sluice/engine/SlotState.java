package sluice.engine;

import java.util.List;
import java.util.Map;
import sluice.log.PartitionId;
import sluice.log.object.ProducerSnapshot;
import sluice.uploader.SlotIndex;

/**
 * A slot's state as objects tell it.
 *
 * @param producers by partition, in the order in which they wrote last
 */
record SlotState(SlotIndex index, Map<PartitionId, List<ProducerSnapshot>> producers) {
    SlotState {
        producers = Map.copyOf(producers);
    }
}
