package sluice.consumer.coordinator;

import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.group.RedriveOrder.Target;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.metadata.QueueConfig;

/** The redrive of a queue: one at a time, and how the last one went. */
final class Redrives {

    private final Lane lane;
    private final QueueGroupPorts ports;
    private final GroupName group;
    private final QueuePartitions partitions;
    private @Nullable Redrive last;

    Redrives(Lane lane, QueueGroupPorts ports, GroupName group, QueuePartitions partitions) {
        this.lane = lane;
        this.ports = ports;
        this.group = group;
        this.partitions = partitions;
    }

    /**
     * @throws SluiceException as {@link sluice.consumer.group.QueueRequest.Redrive} says
     */
    QueueReply.Redriving begin(RedriveOrder order, QueueConfig config) {
        if (isRunning()) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT,
                    "redrive-running",
                    "a redrive is under way: group=" + group.name() + "; wait for it, or stop it");
        }
        if (order.target() instanceof Target.Topic(var name)
                && new TopicPatterns(config.topics()).matches(name)) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "redrive-cycle",
                    "the messages would come back into their queue: to=" + name);
        }
        var next = new Redrive(lane, ports, group, partitions, order);
        last = next;
        next.start();
        return next.status();
    }

    QueueReply.Redriving status(boolean stop) {
        Redrive now = last;
        if (now == null) {
            return QueueReply.Redriving.NONE;
        }
        if (stop) {
            now.stop();
        }
        return now.status();
    }

    boolean isRunning() {
        return last != null && last.isRunning();
    }

    /** Nothing more is moved. */
    void stop() {
        if (last != null) {
            last.stop();
        }
    }
}
