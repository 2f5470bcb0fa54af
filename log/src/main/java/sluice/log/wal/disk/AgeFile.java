package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * How old the disk is. The file {@code age}: two records, at 0 and at 4096, written by turns in
 * place, so that one is whole whenever the power goes. Each is big-endian:
 *
 * <pre>
 *   offset  length  field
 *        0       4  magic, 0x534C4147 ("SLAG")
 *        4       2  version, 1
 *        6      16  disk id, a UUID
 *       22       8  age
 *       30       4  CRC-32C of all bytes before it
 * </pre>
 *
 * <p>The greater one of those that are whole counts.
 */
final class AgeFile implements AutoCloseable {

    private static final int MAGIC = 0x534C4147;
    private static final short VERSION = 1;
    private static final int AGE_OFFSET = Integer.BYTES + Short.BYTES + 2 * Long.BYTES;
    private static final int CRC_OFFSET = AGE_OFFSET + Long.BYTES;
    private static final int RECORD_BYTES = CRC_OFFSET + Integer.BYTES;

    /** Apart by a page, since a write that is torn may hurt all of its page. */
    private static final int APART_BYTES = 4096;

    private static final int BYTES = APART_BYTES + RECORD_BYTES;

    private final UUID disk;
    private final FileChannel channel;
    private volatile long age;

    private AgeFile(UUID disk, FileChannel channel, long age) {
        this.disk = disk;
        this.channel = channel;
        this.age = age;
    }

    /**
     * Opens the file, or makes it with an age of 0; what it says is durable on return. That a disk
     * lost it is noticed by whoever knows how old the disk was.
     *
     * @throws SluiceException DATA {@code disk-age-damaged} if no record in it is whole
     */
    static AgeFile open(Path file, UUID disk) throws IOException {
        if (!Files.exists(file)) {
            DurableFiles.write(file, encode(disk, 0), ByteBuffer.allocate(BYTES - RECORD_BYTES));
        }
        ByteBuffer bytes = DurableFiles.read(file, BYTES);
        long age = Math.max(decode(bytes, 0, disk), decode(bytes, APART_BYTES, disk));
        if (age < 0) {
            throw new SluiceException(
                    Kind.DATA,
                    "disk-age-damaged",
                    "the age of this disk cannot be read, so nobody knows whether all is there that"
                            + " the disk once held; bring the file back or, if the disk's segments"
                            + " are not needed, use another folder: file="
                            + file);
        }
        var opened = new AgeFile(disk, FileChannel.open(file, StandardOpenOption.WRITE), age);
        try {
            // The process before may have died, or failed, before what it wrote was durable. Both
            // records are first, then the one that counts is written anew, since after a failed
            // sync its page may be called clean. Not a greater age: a disk that is refused for its
            // age must not grow old enough by being opened again and again.
            opened.channel.force(false);
            opened.write(age);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    long age() {
        return age;
    }

    /** Durable on return. By one thread at a time. */
    void write(long next) throws IOException {
        ByteBuffer bytes = encode(disk, next);
        long position = next % 2 == 0 ? 0 : APART_BYTES;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        channel.force(false);
        age = next;
    }

    private static ByteBuffer encode(UUID disk, long age) {
        ByteBuffer bytes =
                ByteBuffer.allocate(RECORD_BYTES)
                        .putInt(MAGIC)
                        .putShort(VERSION)
                        .putLong(disk.getMostSignificantBits())
                        .putLong(disk.getLeastSignificantBits())
                        .putLong(age);
        return bytes.putInt(DurableFiles.crcBefore(bytes, CRC_OFFSET)).flip();
    }

    /** −1 if there is no whole record of this disk. */
    private static long decode(ByteBuffer file, int at, UUID disk) {
        if (file.remaining() < at + RECORD_BYTES) {
            return -1;
        }
        ByteBuffer bytes = file.slice(at, RECORD_BYTES);
        boolean isWhole =
                bytes.getInt(CRC_OFFSET) == DurableFiles.crcBefore(bytes, CRC_OFFSET)
                        && bytes.getInt() == MAGIC
                        && bytes.getShort() == VERSION
                        && disk.equals(new UUID(bytes.getLong(), bytes.getLong()));
        return isWhole ? bytes.getLong(AGE_OFFSET) : -1;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
