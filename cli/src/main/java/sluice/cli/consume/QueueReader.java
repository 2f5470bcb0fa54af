package sluice.cli.consume;

import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.log.batch.LogRecord;

/**
 * Receives messages of a queue and settles each: printed ones are acknowledged, or a worker says
 * what becomes of them.
 *
 * <p>What was received and not settled when the run is stopped goes to others at once.
 */
public final class QueueReader {

    /** What becomes of a message. */
    public sealed interface Outcome {
        record Done() implements Outcome {}

        /** It goes back, and comes again later. */
        record Failed(String reason) implements Outcome {}
    }

    /** A message as it was given out. */
    public record Received(
            String delivery, String topic, int partition, int deliveries, LogRecord record) {}

    /** Does something with one message; called by one thread. */
    public interface Worker {
        Outcome work(Received message) throws InterruptedException;
    }

    /** Told what a person should know. */
    public interface Warnings {
        void warn(String text);
    }

    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    /** Without a message for so long, the queue counts as empty. */
    private static final String END_WAIT = "3s";

    private static final String FOLLOW_WAIT = "20s";
    private static final int AT_ONCE_MAX = 100;

    private final GatewayClient client;
    private final ConsumeStats stats;
    private final Warnings warnings;
    private final String path;
    private volatile String session = "";
    private volatile Duration beatEvery = Duration.ofSeconds(2);
    private long received;

    public QueueReader(GatewayClient client, ConsumeStats stats, Warnings warnings, String queue) {
        this.client = client;
        this.stats = stats;
        this.warnings = warnings;
        this.path = "/v1/groups/" + Call.segment(queue);
    }

    /** Prints messages and acknowledges them, until there is none, or enough were printed. */
    public void print(ConsumerSettings settings, OutputStream out) throws InterruptedException {
        var output = new RecordOutput(out, settings.follow());
        RecordFormat.RecordPrinter printer = settings.format().printer();
        var chunk = new OutputChunk();
        try {
            read(
                    settings,
                    AT_ONCE_MAX,
                    messages -> {
                        messages.forEach(
                                each -> printer.print(each.partition(), each.record(), chunk));
                        stats.bytes.add(chunk.sizeBytes());
                        output.write(chunk);
                        settle(
                                messages.stream().map(Received::delivery).toList(),
                                List.of(),
                                settings);
                    });
            output.flush();
        } catch (RecordOutput.Closed nobodyReads) {
            // As head does: what was printed last and not read goes back.
        } finally {
            leave();
        }
    }

    /** Has each message worked on, one at a time, until there is none, or enough were. */
    public void work(ConsumerSettings settings, Worker worker) throws InterruptedException {
        Thread beating = Thread.ofVirtual().name("heartbeats").start(this::beat);
        try {
            read(
                    settings,
                    1,
                    messages -> {
                        for (Received each : messages) {
                            settle(each, worker.work(each), settings);
                        }
                    });
        } finally {
            beating.interrupt();
            leave();
        }
    }

    private interface Batch {
        void take(List<Received> messages) throws InterruptedException;
    }

    private void read(ConsumerSettings settings, int atOnce, Batch batch)
            throws InterruptedException {
        open("{\"client\":\"sluice queue receive\"}", settings);
        long left = settings.recordsMax() > 0 ? settings.recordsMax() : Long.MAX_VALUE;
        while (left > 0) {
            Optional<List<Received>> answer = receive(Math.min(atOnce, left), settings);
            if (answer.isEmpty()) {
                continue;
            }
            List<Received> messages = answer.get();
            if (messages.isEmpty() && !settings.follow()) {
                return;
            }
            batch.take(messages);
            stats.records.add(messages.size());
            left -= messages.size();
        }
    }

    private void open(String body, ConsumerSettings settings) throws InterruptedException {
        Json opened = client.send(Call.post(path + "/sessions", body), settings.timeout()).json();
        session = opened.text("session", "");
        beatEvery = Duration.ofMillis(Math.max(200, opened.longField("sessionTimeoutMs") / 4));
        received = 0;
    }

    /** Empty if the session had ended, and is another one now. */
    private Optional<List<Received>> receive(long max, ConsumerSettings settings)
            throws InterruptedException {
        String body =
                "{\"session\":%s,\"received\":%d,\"max\":%d,\"wait\":\"%s\",\"format\":\"base64\"}"
                        .formatted(
                                Json.quote(session),
                                received,
                                max,
                                settings.follow() ? FOLLOW_WAIT : END_WAIT);
        Json answer;
        try {
            answer = client.send(Call.post(path + "/receive", body), settings.timeout()).json();
        } catch (CommandFailure failure) {
            if (isCode(failure, "unknown-session")) {
                open("{\"client\":\"sluice queue receive\"}", settings);
            } else if (isCode(failure, "session-moved")) {
                // Nothing is held between two calls.
                open(
                        "{\"client\":\"sluice queue receive\",\"resume\":%s,\"held\":[]}"
                                .formatted(Json.quote(session)),
                        settings);
            } else {
                throw failure;
            }
            return Optional.empty();
        }
        received = answer.longField("number");
        var messages = new ArrayList<Received>();
        for (Json each : answer.list("messages")) {
            messages.add(
                    new Received(
                            each.text("delivery", ""),
                            each.text("topic", ""),
                            (int) each.longField("partition"),
                            (int) each.longField("deliveries"),
                            JsonRecord.decoded(each)));
        }
        return Optional.of(messages);
    }

    private void settle(Received message, Outcome outcome, ConsumerSettings settings)
            throws InterruptedException {
        switch (outcome) {
            case Outcome.Done() -> settle(List.of(message.delivery()), List.of(), settings);
            case Outcome.Failed(var reason) ->
                    settle(
                            List.of(),
                            List.of(
                                    "{\"delivery\":%s,\"reason\":%s}"
                                            .formatted(
                                                    Json.quote(message.delivery()),
                                                    Json.quote(reason))),
                            settings);
        }
    }

    private void settle(List<String> acknowledged, List<String> released, ConsumerSettings settings)
            throws InterruptedException {
        if (acknowledged.isEmpty() && released.isEmpty()) {
            return;
        }
        String body =
                "{\"session\":%s,\"acknowledge\":[%s],\"release\":[%s]}"
                        .formatted(
                                Json.quote(session),
                                String.join(",", acknowledged.stream().map(Json::quote).toList()),
                                String.join(",", released));
        try {
            Json settled =
                    client.send(Call.post(path + "/settle", body), settings.timeout()).json();
            for (Json each : settled.list("failed")) {
                warnings.warn(
                        "not settled: %s: %s; it comes again"
                                .formatted(each.text("code", ""), each.text("detail", "")));
            }
        } catch (CommandFailure failure) {
            if (!isCode(failure, "unknown-session")) {
                throw failure;
            }
            warnings.warn("not settled: the session had ended; what it had comes again");
        }
    }

    /** Tells that the session lives while a message is worked on. */
    private void beat() {
        try {
            while (true) {
                Thread.sleep(beatEvery);
                String now = session;
                if (!now.isEmpty()) {
                    try {
                        client.send(
                                Call.post(path + "/sessions/" + now + "/heartbeat", ""), beatEvery);
                    } catch (CommandFailure ignored) {
                        // The next call tells what became of the session.
                    }
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives back at once what is not settled; else others would wait for the session timeout. */
    public void leave() {
        String leaving = session;
        session = "";
        if (leaving.isEmpty()) {
            return;
        }
        try {
            client.send(Call.delete(path + "/sessions/" + leaving), CALL_MAX.dividedBy(10));
        } catch (CommandFailure ignored) {
            // It ends by itself.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isCode(CommandFailure failure, String code) {
        return failure.problem().type().endsWith("/" + code);
    }
}
