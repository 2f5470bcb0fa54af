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
 * Receives messages of a queue, prints them and acknowledges what was printed.
 *
 * <p>What was received and not settled when the run is stopped goes to others at once.
 */
public final class QueueReader {

    /** A message as it was given out. */
    private record Received(String delivery, int partition, LogRecord record) {}

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
                    messages -> {
                        messages.forEach(
                                each -> printer.print(each.partition(), each.record(), chunk));
                        stats.bytes.add(chunk.sizeBytes());
                        output.write(chunk);
                        settle(messages.stream().map(Received::delivery).toList(), settings);
                    });
            output.flush();
        } catch (RecordOutput.Closed nobodyReads) {
            // As head does: what was printed last and not read goes back.
        } finally {
            leave();
        }
    }

    private interface Batch {
        void take(List<Received> messages) throws InterruptedException;
    }

    private void read(ConsumerSettings settings, Batch batch) throws InterruptedException {
        open("{\"client\":\"sluice-queue-receive\"}", settings);
        long left = settings.recordsMax() > 0 ? settings.recordsMax() : Long.MAX_VALUE;
        while (left > 0) {
            Optional<List<Received>> answer = receive(Math.min(AT_ONCE_MAX, left), settings);
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
                open("{\"client\":\"sluice-queue-receive\"}", settings);
            } else if (isCode(failure, "session-moved")) {
                // Nothing is held between two calls.
                open(
                        "{\"client\":\"sluice-queue-receive\",\"resume\":%s,\"held\":[]}"
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
                            (int) each.longField("partition"),
                            JsonRecord.decoded(each)));
        }
        return Optional.of(messages);
    }

    private void settle(List<String> acknowledged, ConsumerSettings settings)
            throws InterruptedException {
        if (acknowledged.isEmpty()) {
            return;
        }
        String body =
                "{\"session\":%s,\"acknowledge\":[%s]}"
                        .formatted(
                                Json.quote(session),
                                String.join(",", acknowledged.stream().map(Json::quote).toList()));
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
