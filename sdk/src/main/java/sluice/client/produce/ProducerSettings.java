package sluice.client.produce;

import java.time.Duration;
import sluice.client.http.Backoff;
import sluice.client.record.Compression;

/**
 * Settings of a producer as used; {@link ProducerBuilder} says what each is for.
 *
 * @param requestBatchesMax of one partition in one request; a gateway remembers five, to know
 *     repetitions by
 * @param viewAgeMax a topic's description is asked for anew after so long
 * @param staleViewAge the same after something failed that a new description may explain
 */
record ProducerSettings(
        Acks acks,
        boolean isIdempotent,
        Compression compression,
        Duration linger,
        int batchBytes,
        long heldBytesMax,
        Duration maxBlock,
        Duration deliveryTimeout,
        Duration requestTimeout,
        int requestBytesMax,
        int requestBatchesMax,
        int requestsPerGatewayMax,
        Duration viewAgeMax,
        Duration staleViewAge,
        Backoff backoff) {

    ProducerSettings {
        if (isIdempotent && acks != Acks.ALL) {
            throw new IllegalArgumentException(
                    "idempotence needs acks=all, found acks="
                            + acks.parameter()
                            + ": what only one disk held may be gone when it is sent again");
        }
    }

    long lingerNs() {
        return linger.toNanos();
    }

    long deliveryTimeoutNs() {
        return deliveryTimeout.toNanos();
    }
}
