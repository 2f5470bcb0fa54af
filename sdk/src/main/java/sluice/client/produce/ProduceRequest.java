package sluice.client.produce;

import java.net.URI;
import java.util.List;

/**
 * One request: batches of some partitions of a topic, those of a partition in order and one behind
 * the other.
 *
 * @param recordBytesMax of the topic
 */
record ProduceRequest(URI gateway, String topic, int recordBytesMax, List<PendingBatch> batches) {

    ProduceRequest {
        batches = List.copyOf(batches);
    }
}
