package sluice.client.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Compresses and decompresses the records of one batch. */
interface Codec {

    /** Touches the library's classes, so that a missing one is told early. */
    void require();

    OutputStream compress(OutputStream target) throws IOException;

    /**
     * @param compressed from its index 0 to its limit
     */
    InputStream inflate(ByteBuffer compressed) throws IOException;
}
