package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.gateway.consume.RecordJson;
import sluice.gateway.consume.ValueFormat;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/**
 * The answer to a poll:
 *
 * <pre>
 *   {"number", "epoch", "assigned", "revoking",
 *    "records": [{"topic", "partition", "offset", …}, …],
 *    "next": [{"topic", "partition", "offset"}, …],    to be committed when these are done with
 *    "skipped": [{"topic", "partition", "from", "to"}, …]}   left out if there are none
 * </pre>
 */
final class PolledJson {

    private PolledJson() {}

    static byte[] of(GroupReply.Polled polled, ValueFormat format) {
        return GroupJson.object(json -> {
            json.writeNumberField("number", polled.number());
            GroupJson.writeHolds(json, polled.epoch(), polled.holds());
            json.writeArrayFieldStart("records");
            var next = new ArrayList<PartitionOffset>();
            var records = new RecordJson(json, format);
            for (GroupReply.Slice slice : polled.slices()) {
                write(json, records, slice);
                next.removeIf(offset -> offset.partition().equals(slice.partition()));
                next.add(new PartitionOffset(slice.partition(), slice.to()));
            }
            json.writeEndArray();
            GroupJson.writeOffsets(json, "next", next);
            if (!polled.skips().isEmpty()) {
                writeSkips(json, polled.skips());
            }
        });
    }

    private static void write(JsonGenerator json, RecordJson records, GroupReply.Slice slice) {
        for (ByteBuffer buffer : slice.batches()) {
            for (int at = buffer.position(); at < buffer.limit(); ) {
                int begin = at;
                try {
                    boolean _ =
                            BatchReader.forEach(
                                    buffer, begin, record -> write(json, records, slice, record));
                } catch (SluiceException corrupt) {
                    throw corrupt(slice.partition(), buffer, begin, corrupt);
                }
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
    }

    static ProblemException corrupt(
            TopicPartition partition, ByteBuffer buffer, int at, SluiceException corrupt) {
        return new ProblemException(
                Problem.of(
                                ProblemType.CORRUPT_BATCH,
                                "%s, batch at offset %d: %s"
                                        .formatted(
                                                partition,
                                                RecordBatch.baseOffset(buffer, at),
                                                corrupt.getMessage()))
                        .with("topic", partition.topic())
                        .with("partition", partition.partition())
                        .with("nextOffset", RecordBatch.nextOffset(buffer, at)));
    }

    /**
     * @return false after the last record of the slice
     */
    private static boolean write(
            JsonGenerator json, RecordJson records, GroupReply.Slice slice, LogRecord record) {
        if (record.offset() < slice.from()) {
            return true;
        }
        if (record.offset() >= slice.to()) {
            return false;
        }
        try {
            json.writeStartObject();
            GroupJson.writeId(json, slice.partition());
            records.writeFields(record);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a record could not be written to memory", e);
        }
        return true;
    }

    private static void writeSkips(JsonGenerator json, List<GroupReply.Skip> skips)
            throws IOException {
        json.writeArrayFieldStart("skipped");
        for (GroupReply.Skip skip : skips) {
            json.writeStartObject();
            GroupJson.writeId(json, skip.partition());
            json.writeNumberField("from", skip.from());
            json.writeNumberField("to", skip.to());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
