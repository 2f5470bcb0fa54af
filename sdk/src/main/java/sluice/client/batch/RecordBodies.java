package sluice.client.batch;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bodies of one batch's records, one after another. */
interface RecordBodies extends AutoCloseable {

    /**
     * The next record's body, read-only, from index 0 to its limit. It stays valid.
     *
     * @throws IOException if the bytes are not records
     */
    ByteBuffer next() throws IOException;

    /** Whether nothing follows the last body. */
    boolean isAtEnd() throws IOException;

    @Override
    void close() throws IOException;
}
