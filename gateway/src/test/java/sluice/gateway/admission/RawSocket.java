package sluice.gateway.admission;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import sluice.gateway.Api;

/** A client that keeps no rule of HTTP unless the test does. */
public final class RawSocket implements Closeable {

    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket = new Socket();

    public RawSocket() {
        try {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress("127.0.0.1", Api.port()), TIMEOUT_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public RawSocket send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** The request head of a produce, with more header lines, each with its line end. */
    RawSocket sendHead(String topic, String moreHeaders) throws IOException {
        return send(
                "POST /v1/topics/%s/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                .formatted(topic)
                        + moreHeaders
                        + "\r\n");
    }

    /** Everything until the gateway closes the connection. */
    public String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Until {@code end} was read. */
    public String readUntil(String end) throws IOException {
        var read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new AssertionError("closed after: " + read);
            }
            read.append((char) b);
        }
        return read.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
