package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sluice.engine.Engine.Fetched;
import sluice.metadata.TopicRecord;

/** Reads whole partitions by way of one gateway. */
final class LogReader {

    private static final int FETCH_BYTES = 8 << 10;

    private final SimulatedCluster cluster;

    LogReader(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** All values from the log start to the high watermark, which must be without a hole. */
    List<String> values(SimulatedGateway via, TopicRecord topic, int partition) {
        return found(via, topic, partition).stream().map(SimulatedProducer.Found::value).toList();
    }

    List<SimulatedProducer.Found> found(SimulatedGateway via, TopicRecord topic, int partition) {
        long next = cluster.await(via.engine().status(topic, partition)).logStart();
        var all = new ArrayList<SimulatedProducer.Found>();
        while (true) {
            Fetched fetched =
                    cluster.await(
                            via.engine().fetch(topic, partition, next, FETCH_BYTES, Duration.ZERO));
            for (SimulatedProducer.Found each : SimulatedProducer.records(fetched.batches())) {
                if (each.offset() >= next) {
                    if (each.offset() != next) {
                        throw cluster.failure(
                                "a hole: partition=%d expected=%d found=%s"
                                        .formatted(partition, next, each),
                                null);
                    }
                    all.add(each);
                    next++;
                }
            }
            if (fetched.batches().isEmpty()) {
                if (next != fetched.highWatermark()) {
                    throw cluster.failure(
                            "nothing is read before the high watermark: partition=%d next=%d hwm=%d"
                                    .formatted(partition, next, fetched.highWatermark()),
                            null);
                }
                return all;
            }
        }
    }
}
