package sluice.cli.twin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.RecordBatch;

/**
 * A gateway for tests with one topic, {@code orders}, whose log may be shared with other gateways.
 *
 * <p>Faults are told in advance and meet record requests alone, in the order in which these come.
 */
public final class GatewayTwin implements AutoCloseable {

    static {
        // Else each small answer waits 40 ms for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    public static final String TOPIC = "orders";

    private static final String BATCHES = "application/vnd.sluice.record-batches";

    /** Small, so that reading takes several answers. */
    private static final int ANSWER_BYTES_MAX = 8 * 1024;

    private final TwinLog log;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> idempotencyKeys = new CopyOnWriteArrayList<>();
    private final Map<String, Deque<String>> canned = new ConcurrentHashMap<>();
    private @Nullable RandomGenerator random;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private double faultShare;
    private int faultsMet;

    public GatewayTwin(TwinLog log) throws IOException {
        this.log = log;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** The next record requests meet these, one each. */
    public synchronized void failNext(Fault... next) {
        faults.addAll(Arrays.asList(next));
    }

    /** From now on a share of the record requests meets a fault, any but REFUSED. */
    public synchronized void failAtRandom(RandomGenerator source, double share) {
        random = source;
        faultShare = share;
    }

    /** Record requests wait for the gate before anything else happens to them. */
    public void holdUntil(CountDownLatch gate) {
        this.gate = gate;
    }

    public synchronized int faultsMet() {
        return faultsMet;
    }

    /** Answers this method and path with a status and body, whatever else would be. */
    public void answer(String methodAndPath, int status, String json) {
        answers(methodAndPath, status, json);
    }

    /** As {@link #answer}, one after the other; the last one again and again. */
    public void answers(String methodAndPath, int status, String... jsons) {
        var all = new ConcurrentLinkedDeque<String>();
        for (String json : jsons) {
            all.add(status + " " + json);
        }
        canned.put(methodAndPath, all);
    }

    private static String next(Deque<String> answers) {
        return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
    }

    /** Method, path and query of every request, in the order in which they came. */
    public List<String> requests() {
        return requests;
    }

    /** The keys of requests that had one, in the order in which they came. */
    public List<String> idempotencyKeys() {
        return idempotencyKeys;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            URI uri = exchange.getRequestURI();
            String called = exchange.getRequestMethod() + " " + uri;
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.add(
                    called
                            + (body.length < 200
                                    ? " " + new String(body, StandardCharsets.UTF_8)
                                    : ""));
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Idempotency-Key"))
                    .ifPresent(idempotencyKeys::add);
            String path = exchange.getRequestMethod() + " " + uri.getPath();
            Deque<String> answers = canned.getOrDefault(called, canned.get(path));
            boolean records = uri.getPath().endsWith("/records");
            if (records) {
                gate.await();
            }
            Optional<Fault> fault = records ? nextFault() : Optional.empty();
            if (answers != null) {
                String prepared = next(answers);
                json(exchange, Integer.parseInt(prepared.substring(0, 3)), prepared.substring(4));
            } else if (fault.isPresent() && !meet(exchange, fault.get(), body)) {
                return;
            } else if (path.equals("GET /v1/topics/" + TOPIC)) {
                json(exchange, 200, describe());
            } else if (path.equals("PUT /v1/producers")) {
                json(
                        exchange,
                        200,
                        "{\"producerId\":%d,\"epoch\":0}".formatted(log.newProducerId()));
            } else if (records && exchange.getRequestMethod().equals("POST")) {
                produce(exchange, body);
            } else if (records) {
                fetch(exchange);
            } else {
                problem(exchange, 404, "There is no such topic", "Create it with PUT.");
            }
        } catch (IOException | InterruptedException gone) {
            // The test is over, or the client went away.
        }
    }

    private synchronized Optional<Fault> nextFault() {
        Optional<Fault> next = Optional.ofNullable(faults.pollFirst());
        RandomGenerator source = random;
        if (next.isEmpty() && source != null && source.nextDouble() < faultShare) {
            next = Optional.of(Fault.values()[source.nextInt(Fault.values().length - 1)]);
        }
        faultsMet += next.isPresent() ? 1 : 0;
        return next;
    }

    /**
     * @return false: the request is over
     */
    private boolean meet(HttpExchange exchange, Fault fault, byte[] body) throws IOException {
        switch (fault) {
            case UNAVAILABLE -> problem(exchange, 503, "This gateway cannot serve yet", "Repeat.");
            case OVERLOADED -> {
                exchange.getResponseHeaders().add("Retry-After", "0.01");
                problem(exchange, 429, "The gateway has too much to do", "Repeat.");
            }
            case REFUSED -> problem(exchange, 400, "A batch was damaged", "Send it again.");
            case LOST_BEFORE -> {
                // Closing without an answer ends the connection.
            }
            case LOST_AFTER -> apply(exchange, body);
            case UNKNOWN_AFTER -> {
                apply(exchange, body);
                problem(exchange, 504, "It is not known whether it was done", "Repeat.");
            }
        }
        return false;
    }

    private void apply(HttpExchange exchange, byte[] body) {
        if (exchange.getRequestMethod().equals("POST")) {
            var _ = append(query(exchange), body);
        }
    }

    private void produce(HttpExchange exchange, byte[] body) throws IOException {
        Map<String, String> query = query(exchange);
        if (!BATCHES.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            problem(exchange, 415, "Unsupported media type", "Send batches.");
            return;
        }
        int partition = Integer.parseInt(query.getOrDefault("partition", "-1"));
        Optional<String> written = append(query, body);
        if (written.isEmpty()) {
            problem(exchange, 409, "The sequence has a gap", "Stop.");
        } else if ("0".equals(query.get("acks"))) {
            json(exchange, 202, "{\"accepted\":1}");
        } else {
            json(exchange, 200, "{\"batches\":[" + written.get() + "]}");
        }
    }

    private Optional<String> append(Map<String, String> query, byte[] body) {
        int partition = Integer.parseInt(query.getOrDefault("partition", "-1"));
        ByteBuffer source = ByteBuffer.wrap(body);
        List<String> written = new ArrayList<>();
        for (int at = 0; at < body.length; ) {
            int size = RecordBatch.check(source, at, body.length, 1024 * 1024);
            ByteBuffer batch = ByteBuffer.wrap(Arrays.copyOfRange(body, at, at + size));
            int count = RecordBatch.recordCount(batch, 0);
            Optional<Long> baseOffset = log.append(partition, batch);
            if (baseOffset.isEmpty()) {
                return Optional.empty();
            }
            written.add(
                    "{\"partition\":%d,\"baseOffset\":%d,\"count\":%d}"
                            .formatted(partition, baseOffset.get(), count));
            at += size;
        }
        return Optional.of(String.join(",", written));
    }

    private void fetch(HttpExchange exchange) throws IOException, InterruptedException {
        String[] path = exchange.getRequestURI().getPath().split("/");
        int partition = Integer.parseInt(path[path.length - 2]);
        Map<String, String> query = query(exchange);
        String offsetText = query.getOrDefault("offset", "");
        long offset =
                query.containsKey("timestamp")
                        ? log.offsetAt(
                                partition, Long.parseLong(query.getOrDefault("timestamp", "")))
                        : offsetOf(partition, offsetText);
        if (offset > log.highWatermark(partition)) {
            problem(exchange, 416, "The partition has no record at this offset", "Go on earlier.");
            return;
        }
        log.awaitBeyond(partition, offset);
        int wanted = Integer.parseInt(query.getOrDefault("maxBytes", "1000000"));
        int maxBytes = Math.min(wanted, ANSWER_BYTES_MAX);
        int recordsMax = Integer.parseInt(query.getOrDefault("max", "500"));
        var out = new ByteArrayOutputStream();
        long next = offset;
        for (ByteBuffer batch : log.read(partition, offset, maxBytes, recordsMax)) {
            next = RecordBatch.nextOffset(batch, 0);
            out.write(batch.array(), batch.arrayOffset() + batch.position(), batch.remaining());
        }
        exchange.getResponseHeaders().add("Sluice-Next-Offset", String.valueOf(next));
        exchange.getResponseHeaders()
                .add("Sluice-High-Watermark", String.valueOf(log.highWatermark(partition)));
        exchange.getResponseHeaders().add("Sluice-Log-Start", "0");
        send(exchange, 200, BATCHES, out.toByteArray());
    }

    private long offsetOf(int partition, String text) {
        return switch (text) {
            case "earliest" -> 0;
            case "latest" -> log.highWatermark(partition);
            default -> Long.parseLong(text);
        };
    }

    private String describe() {
        String partitions =
                java.util.stream.IntStream.range(0, log.partitionCount())
                        .mapToObj(index ->
                                ("{\"partition\":%d,\"logStart\":0,\"highWatermark\":%d,"
                                                + "\"slot\":%d,\"owner\":\"gateway-a\"}")
                                        .formatted(index, log.highWatermark(index), index))
                        .collect(Collectors.joining(","));
        return "{\"name\":\"%s\",\"partitions\":[%s],\"retention\":\"7d\",\"profile\":\"latency\"}"
                .formatted(TOPIC, partitions);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        return Stream.of(String.valueOf(exchange.getRequestURI().getQuery()).split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length > 1 ? pair[1] : ""));
    }

    private static void problem(HttpExchange exchange, int status, String title, String action)
            throws IOException {
        String document =
                "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"action\":\"%s\"}"
                        .formatted(title, status, exchange.getRequestURI().getPath(), action);
        send(
                exchange,
                status,
                "application/problem+json",
                document.getBytes(StandardCharsets.UTF_8));
    }

    private static void json(HttpExchange exchange, int status, String document)
            throws IOException {
        send(exchange, status, "application/json", document.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
