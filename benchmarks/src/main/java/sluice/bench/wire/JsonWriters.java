package sluice.bench.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.SingleWrites;

/**
 * Connections that each send one record in JSON, wait for the answer, and send the next. All of
 * them on one thread, so that a thousand cost little.
 */
public final class JsonWriters implements SingleWrites {

    private static final int ANSWER_BYTES_MAX = 16 << 10;
    private static final byte[] OK = ascii("HTTP/1.1 200");
    private static final byte[] LENGTH = ascii("content-length:");

    private final Selector selector;
    private final Acknowledged acknowledged;
    private final int valueBytes;
    private final Thread thread;
    private volatile boolean isClosed;

    private static final class Writer {
        final ByteBuffer request;
        final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        long sentNs;

        Writer(byte[] request) {
            this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
        }
    }

    private JsonWriters(Selector selector, Acknowledged acknowledged, int valueBytes) {
        this.selector = selector;
        this.acknowledged = acknowledged;
        this.valueBytes = valueBytes;
        this.thread = Thread.ofPlatform().name("json-writers").daemon().unstarted(this::run);
    }

    /**
     * @param addresses of gateways, as {@code host:port}; the connections go to them in turn
     */
    public static JsonWriters begin(
            String topic,
            List<String> addresses,
            int connections,
            int valueBytes,
            Acknowledged acknowledged)
            throws IOException {
        var writers = new JsonWriters(Selector.open(), acknowledged, valueBytes);
        byte[] body = ascii("{\"records\":[{\"value\":\"" + "x".repeat(valueBytes) + "\"}]}");
        byte[] head =
                ascii(
                        "POST /v1/topics/%s/records HTTP/1.1\r\nHost: sluice\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                                .formatted(topic, body.length));
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        for (int i = 0; i < connections; i++) {
            writers.open(addresses.get(i % addresses.size()), new Writer(request));
        }
        writers.thread.start();
        return writers;
    }

    private void open(String address, Writer writer) throws IOException {
        int colon = address.lastIndexOf(':');
        var channel =
                SocketChannel.open(
                        new InetSocketAddress(
                                address.substring(0, colon),
                                Integer.parseInt(address.substring(colon + 1))));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_WRITE, writer);
    }

    private void run() {
        try {
            var ready = new ArrayList<SelectionKey>();
            while (!isClosed) {
                selector.select(TimeUnit.SECONDS.toMillis(1));
                ready.addAll(selector.selectedKeys());
                selector.selectedKeys().clear();
                for (SelectionKey key : ready) {
                    goOn(key, (SocketChannel) key.channel(), (Writer) key.attachment());
                }
                ready.clear();
            }
        } catch (IOException | RuntimeException e) {
            if (!isClosed) {
                acknowledged.failed(e.toString());
            }
        }
    }

    private void goOn(SelectionKey key, SocketChannel channel, Writer writer) throws IOException {
        if (key.isReadable()) {
            if (channel.read(writer.answer) < 0) {
                throw new IOException("a gateway closed a connection");
            }
            if (!isWhole(writer.answer)) {
                return;
            }
            if (startsWith(writer.answer, OK)) {
                acknowledged.acknowledged(writer.sentNs, valueBytes);
            } else {
                acknowledged.failed(
                        StandardCharsets.ISO_8859_1.decode(writer.answer.flip()).toString());
            }
            writer.answer.clear();
            writer.request.rewind();
            writer.sentNs = 0;
        }
        if (writer.sentNs == 0) {
            writer.sentNs = System.nanoTime();
        }
        channel.write(writer.request);
        // Nearly always all of it went.
        int wanted = writer.request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    private static boolean isWhole(ByteBuffer answer) {
        int end = answer.position();
        for (int i = 0; i + 3 < end; i++) {
            if (answer.get(i) == '\r'
                    && answer.get(i + 1) == '\n'
                    && answer.get(i + 2) == '\r'
                    && answer.get(i + 3) == '\n') {
                return end >= i + 4 + length(answer, i);
            }
        }
        return false;
    }

    private static int length(ByteBuffer answer, int headEnd) {
        for (int i = 0; i + LENGTH.length < headEnd; i++) {
            if (isAt(answer, i, LENGTH)) {
                int length = 0;
                for (int at = i + LENGTH.length; at < headEnd; at++) {
                    int digit = answer.get(at) - '0';
                    if (digit >= 0 && digit <= 9) {
                        length = 10 * length + digit;
                    } else if (answer.get(at) == '\r') {
                        break;
                    }
                }
                return length;
            }
        }
        return 0;
    }

    /** Letters in any case. */
    private static boolean isAt(ByteBuffer bytes, int at, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            int found = bytes.get(at + i);
            if (found != name[i] && (found | 0x20) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWith(ByteBuffer bytes, byte[] start) {
        for (int i = 0; i < start.length; i++) {
            if (bytes.get(i) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        isClosed = true;
        selector.wakeup();
        try {
            thread.join();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            // Nothing is sent any more, and that is all that is wanted.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
