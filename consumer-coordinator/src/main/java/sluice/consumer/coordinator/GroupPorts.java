package sluice.consumer.coordinator;

import java.util.UUID;
import java.util.function.Supplier;
import sluice.consumer.group.PullSessions;
import sluice.consumer.stream.GroupLimits;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.metadata.GroupStore;

/**
 * What the coordinator of groups needs of the world.
 *
 * @param self node of this gateway
 * @param lane owns all groups' state
 * @param background runs calls to the store
 * @param queues what queue groups need beside
 * @param ids unguessable, never the same twice
 */
public record GroupPorts(
        UUID self,
        Lane lane,
        Background background,
        GroupStore store,
        TopicLookup topics,
        PartitionEnds ends,
        PullSessions pull,
        QueueGroupPorts queues,
        Supplier<UUID> ids,
        GroupLimits limits) {}
