package sluice.log.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a producer sends, and what of it a reader must find again; bytes as Latin-1 strings. */
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
        int count = random.nextInt(1, 40);
        for (int i = 0; i < count; i++) {
            var headers = new ArrayList<SentHeader>();
            int headerCount = random.nextInt(20) == 0 ? random.nextInt(200) : random.nextInt(3);
            for (int j = 0; j < headerCount; j++) {
                headers.add(new SentHeader("naïve-名-" + random.nextInt(9), field(random)));
            }
            records.add(
                    new Sent(
                            Math.max(0, NOON_MS + random.nextInt(-100_000, 100_000)),
                            field(random),
                            field(random),
                            headers));
        }
        return records;
    }

    /** A few records of a few bytes, most of which mean something. */
    static List<Sent> smallRecords(RandomGenerator random) {
        var records = new ArrayList<Sent>();
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            var headers = new ArrayList<SentHeader>();
            for (int j = random.nextInt(3); j > 0; j--) {
                headers.add(new SentHeader("h", "v".repeat(random.nextInt(3))));
            }
            String key = random.nextBoolean() ? null : "k".repeat(random.nextInt(4));
            records.add(new Sent(NOON_MS + i, key, "v".repeat(random.nextInt(30)), headers));
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

    static byte @Nullable [] bytes(@Nullable String latin1) {
        return latin1 == null ? null : latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static @Nullable String latin1(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    /** One record as it was read. */
    record Found(long offset, Sent record) {

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

        static List<Found> all(long baseOffset, List<Sent> records) {
            var found = new ArrayList<Found>();
            for (Sent record : records) {
                found.add(new Found(baseOffset + found.size(), record));
            }
            return found;
        }
    }
}
