package sluice.metadata.dynamodb;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server on the loopback address that answers each request with the next line of a script
 * and remembers what it was asked. When the script has ended it answers {@code 200 {}}.
 */
final class ScriptedServer implements AutoCloseable {

    /** What is done with one request, once all of it was read. */
    sealed interface Step {
        /** Answers; {@code date} is the Date header, empty for none. */
        record Answer(int status, String date, String body) implements Step {}

        /** Closes the connection without an answer. */
        record Hangup() implements Step {}

        /** Answers nothing and keeps the connection open. */
        record Silence() implements Step {}
    }

    /**
     * @param headers names in lower case
     */
    record Request(Map<String, String> headers, String body) {}

    private final ServerSocket listener;
    private final ConcurrentLinkedQueue<Step> script = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    ScriptedServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("scripted-server").start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void then(Step step) {
        script.add(step);
    }

    void thenAnswer(int status, String body) {
        then(new Step.Answer(status, "", body));
    }

    /** An error as DynamoDB words it. */
    void thenFail(int status, String code) {
        thenAnswer(status, error(code));
    }

    static String error(String code) {
        return "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"no\"}";
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // The listener was closed: the test is over.
            return;
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            while (!line(in).isEmpty()) {
                var headers = new TreeMap<String, String>();
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon).toLowerCase(Locale.ROOT),
                            header.substring(colon + 1).strip());
                }
                int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                requests.add(
                        new Request(
                                headers,
                                new String(in.readNBytes(length), StandardCharsets.UTF_8)));
                Step next = script.poll();
                switch (next == null ? new Step.Answer(200, "", "{}") : next) {
                    case Step.Answer answer -> answer(connection, answer);
                    case Step.Silence() -> {}
                    case Step.Hangup() -> {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // The client or the test closed the connection.
            return;
        }
    }

    private static void answer(Socket connection, Step.Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        String head =
                "HTTP/1.1 %d x\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n%s\r\n"
                        .formatted(
                                answer.status(),
                                body.length,
                                answer.date().isEmpty() ? "" : "Date: " + answer.date() + "\r\n");
        var out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(body);
        connection.getOutputStream().write(out.toByteArray());
        connection.getOutputStream().flush();
    }

    /** The next line without its end, empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
