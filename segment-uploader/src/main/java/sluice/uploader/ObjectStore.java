package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The one bucket, as far as Sluice needs it. Calls block and are safe from any thread.
 *
 * <p>Keys are never used again, so putting the same key and bytes again is safe.
 */
public interface ObjectStore extends AutoCloseable {

    /**
     * Stores the concatenation of {@code body}'s remaining bytes under {@code key}; durable and
     * readable on return. Length and CRC-32C are checked by the store or read back. Positions of
     * the buffers are not moved.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE if nothing was stored; UNKNOWN_OUTCOME if it
     *     may have been; INVALID if the store refuses the request for good (no such bucket, denied)
     */
    void put(String key, List<ByteBuffer> body);

    /**
     * Reads exactly {@code length} bytes from index {@code from}.
     *
     * @throws sluice.log.SluiceException NOT_FOUND with code {@code missing-object}; DATA with code
     *     {@code short-object} if the object ends before; UNAVAILABLE
     */
    ByteBuffer read(String key, long from, int length);

    /**
     * Keys that start with {@code prefix}, in key order, from the first key after {@code after} (""
     * for the start), at most {@code max}.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE
     */
    List<Found> list(String prefix, String after, int max);

    /** An object found by {@link #list}. */
    record Found(String key, long lengthBytes) {}

    /** Removes an object; nothing happens if there is none. Errors as {@link #put}. */
    void delete(String key);

    @Override
    void close();
}
