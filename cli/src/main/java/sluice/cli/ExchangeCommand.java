package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;

/** Creates, binds, describes, lists and deletes exchanges, and publishes to them. */
@Command(
        name = "exchange",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Send one record to all topics that are bound to match it:",
            "direct   by routing key",
            "topic    by a pattern of words between dots, * for one, # for any number",
            "fanout   always",
            "headers  by the record's headers"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice exchange create events --type topic",
            "  sluice exchange bind events orders 'eu.order.#'",
            "  sluice exchange bind events audit '#'",
            "  sluice exchange publish events --routing-key eu.order.made 'two apples'"
        })
final class ExchangeCommand implements Runnable {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    ExchangeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(commandLine(), "Which command for exchanges?");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Create an exchange. Creating it again gives it the alternate that is named now.",
                "What no binding matches goes to the alternate, if there is one."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice exchange create events --type topic",
                "  sluice exchange create events --type topic --alternate unrouted"
            })
    int create(
            @Parameters(paramLabel = "EXCHANGE") String exchange,
            @Option(
                            names = "--type",
                            required = true,
                            paramLabel = "direct|topic|fanout|headers",
                            description = "By what it finds the topics of a record.")
                    String type,
            @Option(
                            names = "--alternate",
                            paramLabel = "EXCHANGE",
                            description = "Another exchange, for what no binding matches.")
                    @Nullable String alternate,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        String body =
                "{\"type\":%s%s}"
                        .formatted(
                                Json.quote(type),
                                alternate == null ? "" : ",\"alternate\":" + Json.quote(alternate));
        Answer answer = send(Call.put(path(exchange), body), gateways);
        terminal.print(
                (answer.status() == 201 ? "created " : "exists: ")
                        + "%s: %s, alternate %s\n"
                                .formatted(
                                        exchange,
                                        type,
                                        Objects.requireNonNullElse(alternate, "-")));
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List exchanges by name.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice exchange list", "  sluice exchange list --names"})
    int list(@Mixin ListOptions shown, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        shown.print(
                terminal,
                gateways,
                ListOptions.Listing.of(
                        "exchanges",
                        "no exchanges yet; create one: sluice exchange create NAME --type topic"));
        return ExitCode.OK;
    }

    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description = "Show an exchange and its bindings.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice exchange describe events",
                "  sluice exchange describe events --topic orders --json"
            })
    int describe(
            @Parameters(paramLabel = "EXCHANGE") String exchange,
            @Option(
                            names = "--topic",
                            paramLabel = "TOPIC",
                            description = "Only the bindings to this one.")
                    @Nullable String topic,
            @Option(
                            names = "--json",
                            description = "Print the gateway's answers as they are, one a line.")
                    boolean json,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.get(path(exchange)), gateways);
        String query = topic == null ? "" : "?topic=" + Call.segment(topic);
        Answer bindings = send(Call.get(path(exchange) + "/bindings" + query), gateways);
        if (json) {
            terminal.print(
                    StandardCharsets.UTF_8.decode(answer.body())
                            + "\n"
                            + StandardCharsets.UTF_8.decode(bindings.body())
                            + "\n");
        } else {
            terminal.print(JsonReport.of(answer.json()) + JsonReport.of(tables(bindings)));
        }
        return ExitCode.OK;
    }

    /** An answer of no bindings says nothing: their number is told already. */
    private static Json tables(Answer bindings) {
        Json all = bindings.json();
        return all.list("bindings").isEmpty()
                ? Json.parse(StandardCharsets.UTF_8.encode("{}"))
                : all;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete an exchange and its bindings; topics stay.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice exchange delete events", "  sluice exchange delete rest --force"})
    int delete(
            @Parameters(paramLabel = "EXCHANGE") String exchange,
            @Option(names = "--force", description = "Also while it is another's alternate.")
                    boolean force,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        try {
            send(Call.delete(path(exchange) + (force ? "?force=true" : "")), gateways);
        } catch (CommandFailure failure) {
            // The answer to an earlier attempt was lost, and that attempt deleted it.
            if (failure.problem().status() != 404
                    || failure.outcome() != CommandFailure.Outcome.UNKNOWN) {
                throw failure;
            }
        }
        terminal.print("deleted " + exchange + "\n");
        return ExitCode.OK;
    }

    /** A binding as it is named on the command line. */
    static final class BindingOptions {
        @Parameters(index = "0", paramLabel = "EXCHANGE")
        private String exchange = "";

        @Parameters(index = "1", paramLabel = "TOPIC", description = "A topic, or a queue.")
        private String topic = "";

        @Parameters(
                index = "2",
                arity = "0..1",
                paramLabel = "KEY",
                description = "Routing key or pattern; none for fanout and headers.")
        private @Nullable String key;

        @Option(
                names = "--header",
                paramLabel = "NAME[=VALUE]",
                description =
                        "For a headers exchange: a header that a record needs, with this value or"
                                + " any; by repetition several.")
        private List<String> headers = new ArrayList<>();

        @Option(names = "--any", description = "One of the headers is enough.")
        private boolean any;

        String toJson() {
            var fields = new ArrayList<String>();
            fields.add("\"topic\":" + Json.quote(topic));
            if (key != null) {
                fields.add("\"routingKey\":" + Json.quote(key));
            }
            if (!headers.isEmpty()) {
                fields.add("\"match\":\"" + (any ? "any" : "all") + "\"");
                fields.add("\"headers\":" + headersToJson(headers));
            }
            return "{\"bindings\":[{" + String.join(",", fields) + "}]}";
        }
    }

    static String headersToJson(List<String> headers) {
        var fields = new ArrayList<String>();
        for (String header : headers) {
            String[] parts = header.split("=", 2);
            fields.add(
                    Json.quote(parts[0])
                            + ":"
                            + (parts.length == 1 ? "null" : Json.quote(parts[1])));
        }
        return "{" + String.join(",", fields) + "}";
    }

    @Command(
            name = "bind",
            mixinStandardHelpOptions = true,
            description =
                    "Add a binding. All gateways know it within two seconds. Adding it again"
                            + " changes nothing.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice exchange bind events orders 'eu.*.order.#'",
                "  sluice exchange bind copies audit                            for fanout",
                "  sluice exchange bind files pdfs --header format=pdf --header signed"
            })
    int bind(@Mixin BindingOptions binding, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Json done =
                send(Call.put(path(binding.exchange) + "/bindings", binding.toJson()), gateways)
                        .json();
        terminal.print(
                (done.longField("added") > 0 ? "bound " : "was bound already: ")
                        + "%s to %s\n".formatted(binding.topic, binding.exchange));
        return ExitCode.OK;
    }

    @Command(
            name = "unbind",
            mixinStandardHelpOptions = true,
            description = {
                "Take a binding away, named as it was added.",
                "A topic named alone loses all bindings that it has."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice exchange unbind events orders 'eu.*.order.#'",
                "  sluice exchange unbind events orders"
            })
    int unbind(@Mixin BindingOptions binding, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Json done =
                send(Call.delete(path(binding.exchange) + "/bindings", binding.toJson()), gateways)
                        .json();
        terminal.print(
                "removed %d bindings of %s from %s\n"
                        .formatted(done.longField("removed"), binding.topic, binding.exchange));
        return ExitCode.OK;
    }

    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = {
                "Publish records, and tell where each of them went: topic/partition@offset.",
                "Without a TEXT, each line of stdin is a record."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice exchange publish events --routing-key eu.order.made 'two apples'",
                "  sluice exchange publish files --header format=pdf < paths.txt"
            })
    int publish(@Mixin ExchangePublish publish, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        return publish.run(terminal, path(publish.exchange()) + "/records", gateways);
    }

    private Answer send(Call call, GatewayOptions gateways) throws InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            return client.send(call, gateways.timeout(TIMEOUT));
        }
    }

    private String path(String exchange) {
        if (exchange.isBlank()) {
            throw new ParameterException(commandLine(), "An exchange needs a name");
        }
        return "/v1/exchanges/" + Call.segment(exchange);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
