package sluice.client.link;

/** An open WebSocket. Callable from any thread; after its end, calls have no effect. */
public interface StreamConnection {

    /** Sends a text frame behind those before it. */
    void send(String frame);

    /** Says goodbye and ends the connection, once what was sent before has left. */
    void close(int code, String reason);

    /** Ends the connection at once. */
    void abort();
}
