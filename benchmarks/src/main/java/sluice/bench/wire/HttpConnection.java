package sluice.bench.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * One connection to a gateway, one request at a time. An answer must tell its length; gateways'
 * answers do. For one thread.
 */
final class HttpConnection implements AutoCloseable {

    private static final int HEAD_BYTES_MAX = 32 << 10;
    private static final int CONNECT_MS_MAX = 5_000;

    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocateDirect(256 << 10);

    /**
     * An answer.
     *
     * @param head the header lines, in lower case
     * @param body valid until the next request
     */
    record Answer(int status, String head, ByteBuffer body) {

        /** A header's number; −1 if there is none. */
        long number(String name) {
            int at = head.indexOf("\n" + name + ":");
            if (at < 0) {
                return -1;
            }
            int from = at + name.length() + 2;
            return Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip());
        }

        String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }
    }

    private HttpConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * @param address {@code host:port}
     */
    static HttpConnection open(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        var channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket()
                    .connect(
                            new InetSocketAddress(
                                    address.substring(0, colon),
                                    Integer.parseInt(address.substring(colon + 1))),
                            CONNECT_MS_MAX);
            return new HttpConnection(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a request and waits for its answer, however long it takes. */
    Answer ask(String method, String path, String contentType, List<ByteBuffer> body)
            throws IOException {
        long length = 0;
        for (ByteBuffer each : body) {
            length += each.remaining();
        }
        var head =
                method
                        + ' '
                        + path
                        + " HTTP/1.1\r\nHost: sluice\r\nContent-Type: "
                        + contentType
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n\r\n";
        var parts = new ByteBuffer[body.size() + 1];
        parts[0] = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < body.size(); i++) {
            parts[i + 1] = body.get(i).duplicate();
        }
        long left = length + parts[0].remaining();
        while (left > 0) {
            left -= channel.write(parts);
        }
        return answer();
    }

    private Answer answer() throws IOException {
        received.clear();
        int bodyAt = -1;
        while (bodyAt < 0) {
            int from = Math.max(0, received.position() - 3);
            read();
            bodyAt = endOfHead(from);
            if (bodyAt < 0 && received.position() > HEAD_BYTES_MAX) {
                throw new IOException("no end of the answer's head");
            }
        }
        var bytes = new byte[bodyAt];
        received.get(0, bytes);
        var head = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        long length = Math.max(0, new Answer(status, head, received).number("content-length"));
        int end = Math.toIntExact(bodyAt + length);
        if (end > received.capacity()) {
            var larger = ByteBuffer.allocateDirect(Math.max(end, 2 * received.capacity()));
            larger.put(received.flip());
            received = larger;
        }
        while (received.position() < end) {
            read();
        }
        return new Answer(status, head, received.slice(bodyAt, (int) length));
    }

    private void read() throws IOException {
        if (channel.read(received) < 0) {
            throw new EOFException("the gateway closed the connection");
        }
    }

    private int endOfHead(int from) {
        for (int i = from; i + 3 < received.position(); i++) {
            if (received.get(i) == '\r'
                    && received.get(i + 1) == '\n'
                    && received.get(i + 2) == '\r'
                    && received.get(i + 3) == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is not used any more, and that is all that is wanted.
        }
    }
}
