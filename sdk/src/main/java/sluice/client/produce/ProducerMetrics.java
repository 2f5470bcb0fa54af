package sluice.client.produce;

/**
 * What a producer has done since it was made, at one moment.
 *
 * @param recordsTaken given to {@code send}, and neither refused at once nor still waiting for room
 * @param recordsAcked that are written
 * @param recordsFailed whose future failed
 * @param bytesAcked of keys, values and headers of written records, as encoded
 * @param requests sent to gateways
 * @param retries batches that were sent again
 * @param duplicates batches whose answer was lost and that turned out to be written when sent again
 * @param newEpochs times a partition began a new sequence because an earlier batch had failed
 * @param batchesHeld not ended yet
 * @param bytesHeld of records not ended yet
 * @param requestsInFlight sent and not answered
 * @param senders threads that wait for room or for a topic's description
 */
public record ProducerMetrics(
        long recordsTaken,
        long recordsAcked,
        long recordsFailed,
        long bytesAcked,
        long requests,
        long retries,
        long duplicates,
        long newEpochs,
        int batchesHeld,
        long bytesHeld,
        int requestsInFlight,
        int senders) {}
