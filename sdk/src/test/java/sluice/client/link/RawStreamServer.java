package sluice.client.link;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A server of one connection that says, byte for byte, what the test wants it to say. */
final class RawStreamServer implements Closeable {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;

    private static final int LAST = 0x80;
    private static final int TIMEOUT_MS = 20_000;

    private final ServerSocket server;
    private Socket socket = new Socket();
    private DataInputStream in = new DataInputStream(InputStream.nullInputStream());

    /** The request, up to the empty line. */
    String head = "";

    /** A frame as the client sent it, without its mask. */
    record Frame(int opcode, String text) {}

    RawStreamServer() {
        try {
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            server.setSoTimeout(TIMEOUT_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Takes the request, and does not answer it. */
    RawStreamServer accept() throws IOException {
        socket = server.accept();
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
        var read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            read.append((char) in.readUnsignedByte());
        }
        head = read.toString();
        return this;
    }

    void answer(String statusAndHeaders) throws IOException {
        write((statusAndHeaders + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Makes a WebSocket of it. */
    RawStreamServer upgrade() throws IOException {
        String key = header("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest(key.getBytes(StandardCharsets.ISO_8859_1));
            answer(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                            + Base64.getEncoder().encodeToString(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    String header(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase().startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    void text(String text, boolean isLast) throws IOException {
        frame(TEXT, isLast, text.getBytes(StandardCharsets.UTF_8));
    }

    void close(int code) throws IOException {
        frame(CLOSE, true, ByteBuffer.allocate(2).putShort((short) code).array());
    }

    void frame(int opcode, boolean isLast, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(4 + payload.length);
        frame.put((byte) ((isLast ? LAST : 0) | opcode));
        if (payload.length < 126) {
            frame.put((byte) payload.length);
        } else {
            frame.put((byte) 126).putShort((short) payload.length);
        }
        frame.put(payload);
        write(java.util.Arrays.copyOf(frame.array(), frame.position()));
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** The next frame of the client; a small one. */
    Frame read() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0F;
        int length = in.readUnsignedByte() & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = new byte[4];
        in.readFully(mask);
        byte[] payload = new byte[length];
        in.readFully(payload);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return opcode == CLOSE
                ? new Frame(
                        CLOSE,
                        ByteBuffer.wrap(payload).getShort()
                                + " "
                                + new String(payload, 2, length - 2, StandardCharsets.UTF_8))
                : new Frame(opcode, new String(payload, StandardCharsets.UTF_8));
    }

    /** True once the client has cut the connection. */
    boolean isCut() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    /** Cuts the connection without a word. */
    void cut() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        server.close();
    }
}
