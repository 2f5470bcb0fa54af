package sluice.client.produce;

import java.util.Map;
import sluice.client.batch.BatchBuilder;
import sluice.client.batch.BatchReader;
import sluice.client.error.Problem;
import sluice.client.error.SluiceApiException;

/** What a gateway would refuse anyway is refused before it is sent, in the gateway's words. */
final class Refusals {

    private Refusals() {}

    /** The partition that the record names. */
    static int checked(ProducerRecord record, int partitions) {
        int partition = record.partition().orElseThrow();
        if (partition >= partitions) {
            throw refused(
                    "partition-out-of-range",
                    400,
                    "partition=%d partitions=%d".formatted(partition, partitions),
                    "Use a partition from 0 to the topic's partitions - 1.");
        }
        return partition;
    }

    static void check(ProducerRecord record, int recordBytesMax) {
        long bytes =
                BatchBuilder.payloadBytes(
                        record.key(), record.value(), PendingBatch.headers(record));
        if (bytes > recordBytesMax) {
            throw refused(
                    "record-too-large",
                    413,
                    "record has bytes=%d, allowed are recordBytesMax=%d"
                            .formatted(bytes, recordBytesMax),
                    "Send smaller records, or create the topic with a larger recordBytesMax.");
        }
        if (record.headers().size() > BatchReader.HEADER_COUNT_MAX) {
            throw refused(
                    "record-too-large",
                    413,
                    "record has headers=%d, allowed are headerCountMax=%d"
                            .formatted(record.headers().size(), BatchReader.HEADER_COUNT_MAX),
                    "Put them in the value.");
        }
    }

    private static SluiceApiException refused(
            String code, int status, String detail, String action) {
        return new SluiceApiException(
                "the record was not sent",
                new Problem(code, status, "It would be refused", detail, action, Map.of()));
    }
}
