package sluice.client.outbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What a lane sends next: at most one batch for each partition, stored in the lane's row before any
 * of it is sent. Big-endian:
 *
 * <pre>
 *   version            byte, 1
 *   batches            int32
 *     topic            uint16 length, modified UTF-8
 *     partition        int32
 *     producerId       int64
 *     epoch            int16
 *     baseSequence     int32
 *     rows             int32
 *       id             int64
 * </pre>
 */
record Round(List<FixedBatch> batches) {

    private static final int VERSION = 1;

    Round {
        batches = List.copyOf(batches);
        assert !batches.isEmpty() : "a round without batches";
        assert new HashSet<>(batches.stream().map(FixedBatch::stream).toList()).size()
                        == batches.size()
                : "two batches for one partition: " + batches;
    }

    List<Long> rows() {
        return batches.stream().flatMap(batch -> batch.rows().stream()).toList();
    }

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(batches.size());
            for (FixedBatch batch : batches) {
                out.writeUTF(batch.topic());
                out.writeInt(batch.partition());
                out.writeLong(batch.producerId());
                out.writeShort(batch.epoch());
                out.writeInt(batch.baseSequence());
                out.writeInt(batch.rows().size());
                for (long row : batch.rows()) {
                    out.writeLong(row);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IllegalStateException if a newer version of the library wrote it, or nobody did
     */
    static Round decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException(
                        "not a round that this version can read: version=%d expected=%d; update every relay"
                                .formatted(version, VERSION));
            }
            var batches = new ArrayList<FixedBatch>();
            for (int left = in.readInt(); left > 0; left--) {
                batches.add(readBatch(in));
            }
            return new Round(batches);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "a round that ends too early: bytes=" + bytes.length, e);
        }
    }

    private static FixedBatch readBatch(DataInputStream in) throws IOException {
        String topic = in.readUTF();
        int partition = in.readInt();
        long producerId = in.readLong();
        short epoch = in.readShort();
        int baseSequence = in.readInt();
        var rows = new ArrayList<Long>();
        for (int left = in.readInt(); left > 0; left--) {
            rows.add(in.readLong());
        }
        return new FixedBatch(topic, partition, producerId, epoch, baseSequence, rows);
    }
}
