package sluice.consumer.queue;

import java.util.List;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;

/** The queue at its owner. */
final class LocalQueuesContractTest extends QueueContract {

    private final QueueWorld world = new QueueWorld(7);
    private final QueueWorld.Node node = world.new Node("a");

    @Override
    VirtualTime time() {
        return world.time;
    }

    @Override
    void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            world.logs.publish(QueueWorld.TOPIC, 1);
        }
    }

    @Override
    void publishWith(int priority) {
        world.send("", MessageAttributes.PRIORITY, Integer.toString(priority));
    }

    @Override
    List<Outcome<PartitionReply>> ask(long epoch, PartitionRequest request) {
        return world.ask(node, epoch, request);
    }
}
