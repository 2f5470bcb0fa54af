package sluice.client.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.LogRecord;

/** What is written, and what of it a reader must find again; bytes as Latin-1 strings. */
record Sent(
        long timestampMs, @Nullable String key, @Nullable String value, List<SentHeader> headers) {

    record SentHeader(String name, @Nullable String value) {}

    static final long NOON_MS = 1_770_000_000_000L;

    static Sent value(String value) {
        return new Sent(NOON_MS, null, value, List.of());
    }

    /** Records of every shape: null, empty and large fields, headers, times that go back. */
    static List<Sent> anyRecords(RandomGenerator random) {
        var records = new ArrayList<Sent>();
        for (int i = random.nextInt(1, 40); i > 0; i--) {
            var headers = new ArrayList<SentHeader>();
            for (int j = random.nextInt(3); j > 0; j--) {
                headers.add(new SentHeader("naïve-名-" + random.nextInt(9), field(random)));
            }
            long timestampMs = Math.max(0, NOON_MS + random.nextInt(-100_000, 100_000));
            records.add(new Sent(timestampMs, field(random), field(random), headers));
        }
        return records;
    }

    private static @Nullable String field(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> latin1(bytes(random, random.nextInt(4_000)));
            case 3 -> "{\"sku\":\"abc\",\"count\":7}".repeat(random.nextInt(1, 60));
            default -> latin1(bytes(random, random.nextInt(1, 90)));
        };
    }

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte @Nullable [] bytes(@Nullable String latin1) {
        return latin1 == null ? null : latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String latin1(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    /** By the class under test, not built yet. */
    static BatchBuilder builder(List<Sent> records) {
        var builder = new BatchBuilder(0);
        for (Sent record : records) {
            builder.append(
                    record.timestampMs,
                    bytes(record.key),
                    bytes(record.value),
                    record.headers.stream()
                            .map(h -> BatchBuilder.Header.of(h.name, bytes(h.value)))
                            .toList());
        }
        return builder;
    }

    static ByteBuffer byKafka(CompressionType codec, long baseOffset, List<Sent> records) {
        SimpleRecord[] simple =
                records.stream()
                        .map(r ->
                                new SimpleRecord(
                                        r.timestampMs,
                                        bytes(r.key),
                                        bytes(r.value),
                                        r.headers.stream()
                                                .map(h -> new RecordHeader(h.name, bytes(h.value)))
                                                .toArray(Header[]::new)))
                        .toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(baseOffset, Compression.of(codec).build(), simple)
                .buffer();
    }

    /** One record as it was read. */
    record Found(long offset, Sent record) {

        static List<Found> all(long baseOffset, List<Sent> records) {
            var found = new ArrayList<Found>();
            for (Sent record : records) {
                found.add(new Found(baseOffset + found.size(), record));
            }
            return found;
        }

        static Found of(BatchRecord record) {
            return new Found(
                    record.offset(),
                    new Sent(
                            record.timestampMs(),
                            latin1(record.key()),
                            latin1(record.value()),
                            record.headers().stream()
                                    .map(h -> new SentHeader(h.name(), latin1(h.value())))
                                    .toList()));
        }

        /** By the server's reader. */
        static Found of(LogRecord record) {
            return new Found(
                    record.offset(),
                    new Sent(
                            record.timestampMs(),
                            latin1(record.key()),
                            latin1(record.value()),
                            record.headers().stream()
                                    .map(h -> new SentHeader(h.name(), latin1(h.value())))
                                    .toList()));
        }
    }
}
