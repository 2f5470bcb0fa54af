package sluice.uploader;

import java.util.List;
import java.util.Map;
import sluice.log.PartitionId;
import sluice.log.object.ProducerSnapshot;

/**
 * A slot's state as objects tell it.
 *
 * @param index where its records lie
 * @param producers of each partition that has any, in the order in which they wrote last; if the
 *     index ends before a tail that is not uploaded yet, they may know of batches after it
 */
public record SlotContents(SlotIndex index, Map<PartitionId, List<ProducerSnapshot>> producers) {

    public SlotContents {
        producers = Map.copyOf(producers);
    }
}
