package sluice.gateway.group;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** A client's end of a stream: a WebSocket of the JDK, or a channel of one. */
final class StreamClient implements WebSocket.Listener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private final List<byte[]> batches = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final @Nullable WebSocket socket;
    private final Consumer<String> sender;
    private final Runnable aborter;
    private volatile int closeCode = -1;
    private volatile boolean reads = true;

    StreamClient(String group) {
        this(group, Api.port());
    }

    StreamClient(String group, int port) {
        WebSocket made =
                HTTP.newWebSocketBuilder()
                        .buildAsync(
                                URI.create("ws://127.0.0.1:%d%s/stream".formatted(port, group)),
                                this)
                        .join();
        socket = made;
        sender = frame -> made.sendText(frame, true).join();
        aborter = made::abort;
    }

    /** A channel. */
    StreamClient(Consumer<String> sender, Runnable aborter) {
        this.socket = null;
        this.sender = sender;
        this.aborter = aborter;
    }

    private WebSocket socket() {
        return Objects.requireNonNull(socket, "a channel");
    }

    void got(String frame) {
        try {
            frames.add(JSON.readTree(frame));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    void got(byte[] frame) {
        batches.add(frame);
    }

    void closed(int code) {
        closeCode = code;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            got(text.toString());
            text.setLength(0);
        }
        more(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            got(binary.toByteArray());
            binary.reset();
        }
        more(from);
        return null;
    }

    private void more(WebSocket from) {
        if (reads) {
            from.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closeCode = 0;
    }

    /** Reads nothing from now on. */
    void stopReading() {
        reads = false;
    }

    void readAgain() {
        reads = true;
        socket().request(1);
    }

    StreamClient send(String frame) {
        sender.accept(frame);
        return this;
    }

    /** Sends what may be refused before all of it was sent. */
    void sendMuch(String frame) {
        var _ = socket().sendText(frame, true);
    }

    void sendBinary(byte[] frame) {
        socket().sendBinary(ByteBuffer.wrap(frame), true).join();
    }

    /** Joins with as much credit as a test needs, and waits until it is a member. */
    StreamClient join(String more) {
        send("{\"type\":\"join\"" + more + "}");
        until(frame -> type(frame).equals("joined"));
        return send("{\"type\":\"credit\",\"bytes\":10000000}");
    }

    /** Opens a session of a queue group. */
    StreamClient open(String more) {
        send("{\"type\":\"open\"" + more + "}");
        untilType("opened");
        return this;
    }

    static String type(JsonNode frame) {
        return frame.get("type").asText();
    }

    /** The first frame of that kind, as soon as there is one. */
    JsonNode until(Predicate<JsonNode> wanted) {
        Await.until(() -> frames.stream().anyMatch(wanted));
        return frames.stream().filter(wanted).findFirst().orElseThrow();
    }

    JsonNode untilType(String type) {
        return until(frame -> type(frame).equals(type));
    }

    /** The code of the first error. */
    String error() {
        return untilType("error").get("code").asText();
    }

    int closeCode() {
        Await.until(() -> closeCode >= 0);
        return closeCode;
    }

    boolean isOpen() {
        return closeCode < 0;
    }

    String member() {
        return untilType("joined").get("member").asText();
    }

    long epoch() {
        return frames.stream()
                .filter(frame -> frame.has("epoch"))
                .mapToLong(frame -> frame.get("epoch").asLong())
                .max()
                .orElse(0);
    }

    List<JsonNode> frames() {
        return frames;
    }

    List<byte[]> binaryFrames() {
        return batches;
    }

    /** Records that came as JSON, each as partition:offset. */
    List<String> records() {
        var records = new ArrayList<String>();
        for (JsonNode frame : frames) {
            if (type(frame).equals("records")) {
                frame.get("records")
                        .forEach(record ->
                                records.add(frame.get("partition") + ":" + record.get("offset")));
            }
        }
        return records;
    }

    /** Messages that came as JSON. */
    List<JsonNode> messages() {
        var messages = new ArrayList<JsonNode>();
        for (JsonNode frame : frames) {
            if (type(frame).equals("deliver")) {
                frame.get("messages").forEach(messages::add);
            }
        }
        return messages;
    }

    List<JsonNode> untilMessages(int count) {
        Await.until(() -> messages().size() >= count);
        return messages();
    }

    /** What became of the settlements of that frame. */
    JsonNode settled(int id) {
        return until(frame -> type(frame).equals("settled") && frame.get("id").asInt() == id);
    }

    List<String> untilRecords(int count) {
        Await.until(() -> records().size() >= count);
        return records();
    }

    /** As a process that is killed: the connection is reset or closed without a word. */
    void abort() {
        aborter.run();
    }

    @Override
    public void close() {
        aborter.run();
    }
}
