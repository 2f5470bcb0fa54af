package sluice.log.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The disk on which a member keeps its copies of wal segments: flat files of bytes, one for each
 * segment, and a small fence mark beside each.
 *
 * <p>All methods but {@link #read} are called by one thread (the member's lane). An {@link
 * IOException} from a writing method means that what was asked for may be on the disk in part: the
 * caller stops using the segment, and after a failed sync the process ends, since the page cache
 * can no longer be believed.
 */
public interface WalDisk extends AutoCloseable {

    /**
     * The identity of the disk itself, made once when it was first used and kept in its superblock,
     * so that a wiped or swapped disk is another disk whatever host it is found on.
     */
    UUID diskId();

    /**
     * Makes a file for a segment with its first bytes; name and bytes are durable on return. After
     * a power cut the file is there with all of these bytes, or it is not there at all.
     *
     * @throws IOException also if the segment exists already or has a fence
     */
    void create(SegmentId segment, ByteBuffer... first) throws IOException;

    /**
     * Writes bytes at a position in bytes; readable on return, durable only after a later {@link
     * #sync}. Consumes the buffers.
     */
    void write(SegmentId segment, long position, ByteBuffer... bytes) throws IOException;

    /**
     * Makes durable all that was written to the segment before this call. Returns at once; {@code
     * done} is called exactly once, on any thread. At most one sync of a segment is in flight.
     */
    void sync(SegmentId segment, SyncDone done);

    /** Told of the end of a sync. */
    interface SyncDone {
        /**
         * @param failure null if the bytes are durable
         */
        void done(@Nullable IOException failure);
    }

    /**
     * Reads up to {@code into.remaining()} bytes from a position; callable from any thread.
     *
     * @return number of bytes read, fewer only at the end of the segment; −1 at or beyond its end
     */
    int read(SegmentId segment, long position, ByteBuffer into) throws IOException;

    /** Length of the segment's file in bytes. */
    long length(SegmentId segment) throws IOException;

    /** Cuts the segment's file to a length; durable on return. */
    void truncate(SegmentId segment, long length) throws IOException;

    boolean exists(SegmentId segment);

    /**
     * Stores that the segment takes no append of an owner any more; durable on return. Also for a
     * segment of which the disk has no file yet: it then may never be created. A higher epoch
     * replaces a lower one; a lower one changes nothing.
     */
    void writeFence(SegmentId segment, long epoch) throws IOException;

    /** The epoch of the segment's fence, if it is fenced. */
    OptionalLong fence(SegmentId segment) throws IOException;

    /**
     * Removes the segment's file; nothing happens if there is none. A fence stays for ever: the
     * owner that it holds off may only be asleep.
     */
    void delete(SegmentId segment) throws IOException;

    /** All segments with a file or a fence, in order. */
    List<SegmentId> list() throws IOException;

    /**
     * How old the disk is, durably: a number that only grows, 0 for a new disk. Whoever was told an
     * age that was durable here knows a disk that is younger for an older state of itself, which
     * lacks what it held since.
     */
    long age();

    /**
     * Makes the disk older. Returns at once; {@code done} is called exactly once, on any thread,
     * when the age is durable. Callable from any thread, the next time after {@code done}.
     */
    void grow(long age, SyncDone done);

    /** Bytes in all segment files. */
    long usedBytes();

    /** Bytes the file system still has for us. */
    long freeBytes();

    @Override
    void close() throws IOException;
}
