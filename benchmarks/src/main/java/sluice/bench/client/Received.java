package sluice.bench.client;

import java.nio.ByteBuffer;

/** Told of each record that was read, from threads of the client. */
public interface Received {

    /**
     * @param value valid during the call
     */
    void received(int partition, ByteBuffer value);

    /** The reader stopped. */
    void failed(String why);
}
