package sluice.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sluice.cli.http.Call;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;

/** What to publish, and how that is done: request by request, each until it is answered. */
final class ExchangePublish {

    private static final int RECORDS_MAX = 500;
    private static final int REQUEST_BYTES_MAX = 512 * 1024;

    @Parameters(index = "0", paramLabel = "EXCHANGE")
    private String exchange = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "Values of records.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--routing-key",
            paramLabel = "KEY",
            defaultValue = "",
            description = "By which direct and topic exchanges find topics.")
    private String routingKey = "";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "By which each topic chooses a partition.")
    private @Nullable String key;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "A header of each record; by repetition several.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--priority",
            paramLabel = "0..9",
            description = "For queues that look at it: the highest first; 4 if left out.")
    private @Nullable Integer priority;

    @Option(
            names = "--delay",
            paramLabel = "SPAN",
            description = "Queues give the records out so much later, for example 10s or 2h.")
    private @Nullable String delay;

    @Option(
            names = "--expires-in",
            paramLabel = "SPAN",
            description = "Queues give the records out no more after that.")
    private @Nullable String expiresIn;

    @Option(names = "--mandatory", description = "A record that no binding matches is an error.")
    private boolean mandatory;

    /** No other run's requests have the same keys. */
    private final String run = UUID.randomUUID().toString();

    private int requests;
    private long unroutable;

    String exchange() {
        return exchange;
    }

    int run(Terminal terminal, String path, GatewayOptions gateways)
            throws IOException, InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            var sending = new Sending(terminal, client, path, gateways);
            if (texts.isEmpty()) {
                var in = new BufferedInputStream(terminal.in());
                for (Optional<byte[]> line = line(in); line.isPresent(); line = line(in)) {
                    sending.add(line.get());
                    if (in.available() == 0) {
                        // Whoever types sees what became of a line before the next.
                        sending.flush();
                    }
                }
            } else {
                for (String text : texts) {
                    sending.add(text.getBytes(StandardCharsets.UTF_8));
                }
            }
            sending.flush();
        }
        if (unroutable > 0) {
            terminal.err()
                    .println(
                            "%d of the records went nowhere: no binding matched"
                                    .formatted(unroutable));
        }
        return ExitCode.OK;
    }

    /** The bytes up to the line feed, or to the end; empty when there is nothing more. */
    private static Optional<byte[]> line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return line.size() == 0 ? Optional.empty() : Optional.of(line.toByteArray());
            }
            line.write(b);
        }
        return Optional.of(line.toByteArray());
    }

    /** Records on their way into requests. */
    private final class Sending {
        private final Terminal terminal;
        private final GatewayClient client;
        private final String path;
        private final GatewayOptions gateways;
        private final List<String> records = new ArrayList<>();
        private int bytes;

        Sending(Terminal terminal, GatewayClient client, String path, GatewayOptions gateways) {
            this.terminal = terminal;
            this.client = client;
            this.path = path + (mandatory ? "?mandatory=true" : "");
            this.gateways = gateways;
        }

        void add(byte[] value) throws IOException, InterruptedException {
            String record = record(value);
            if (bytes + record.length() > REQUEST_BYTES_MAX || records.size() == RECORDS_MAX) {
                flush();
            }
            records.add(record);
            bytes += record.length();
        }

        void flush() throws IOException, InterruptedException {
            if (records.isEmpty()) {
                return;
            }
            String body = "{\"records\":[" + String.join(",", records) + "]}";
            Call call = Call.post(path, body).keyed(run + "-" + ++requests);
            Json answer = client.send(call, gateways.timeout(ExchangeCommand.TIMEOUT)).json();
            var text = new StringBuilder();
            for (Json record : answer.list("records")) {
                text.append(places(record)).append('\n');
            }
            terminal.print(text.toString());
            records.clear();
            bytes = 0;
        }
    }

    /** Bytes that are no text stay what they are. */
    private String record(byte[] value) {
        var fields = new ArrayList<String>();
        if (!routingKey.isEmpty()) {
            fields.add("\"routingKey\":" + Json.quote(routingKey));
        }
        if (key != null) {
            fields.add("\"key\":" + Json.quote(key));
        }
        fields.add("\"valueBase64\":\"" + Base64.getEncoder().encodeToString(value) + "\"");
        if (priority != null) {
            fields.add("\"priority\":" + priority);
        }
        if (delay != null) {
            fields.add("\"delay\":" + Json.quote(delay));
        }
        if (expiresIn != null) {
            fields.add("\"expiresIn\":" + Json.quote(expiresIn));
        }
        if (!headers.isEmpty()) {
            fields.add("\"headers\":" + ExchangeCommand.headersToJson(headers));
        }
        return "{" + String.join(",", fields) + "}";
    }

    private String places(Json record) {
        List<Json> topics = record.list("topics");
        if (topics.isEmpty()) {
            unroutable++;
            return "unroutable";
        }
        String places =
                topics.stream()
                        .map(each ->
                                "%s/%s@%s"
                                        .formatted(
                                                each.text("topic", "?"),
                                                each.text("partition", "?"),
                                                each.text("offset", "?")))
                        .collect(Collectors.joining(" "));
        return record.field("exchange")
                .map(alternate -> places + " by " + alternate)
                .orElse(places);
    }
}
