package sluice.uploader;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Names of objects. Each is used once: a random number is part of it, so that two gateways that
 * upload the same segment never write the same key.
 */
final class ObjectKeys {

    private static final int HASH_MASK = 0xFFFF;

    private ObjectKeys() {}

    /** {@code data/<class>/<4 hex of hash>/<wal>-<segment>-<random>.seg}. */
    static String segment(
            RetentionClass retentionClass, UUID wal, int segment, RandomGenerator random) {
        String name = "%s-%d-%016x.seg".formatted(wal, segment, random.nextLong());
        return "%s%04x/%s".formatted(retentionClass.prefix(), hash(name) & HASH_MASK, name);
    }

    static int hash(String name) {
        var crc = new CRC32C();
        crc.update(name.getBytes(StandardCharsets.US_ASCII));
        return (int) crc.getValue();
    }
}
