package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;
import sluice.cli.http.RetryListener;

/** How many messages are shown, and how. */
final class PageOptions {

    /** The gateway takes no more at once. */
    private static final int PAGE_MAX = 1_000;

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "20",
            description = "Show up to so many. Default: ${DEFAULT-VALUE}")
    private int max = 20;

    @Option(
            names = "--after",
            paramLabel = "PLACE",
            defaultValue = "",
            description = "Go on from there, as the page before tells.")
    private String after = "";

    @Option(names = "--json", description = "Print the gateway's answers as they are, one a line.")
    private boolean json;

    /**
     * @param what the last part of the path
     * @param query each parameter with an ampersand before it
     * @param list the field of the answer that has the messages
     * @param columns of a table for people
     * @param none said if there are none
     */
    record Listing(
            String queue,
            String what,
            String query,
            String list,
            List<String> columns,
            String none) {}

    /** Asks for as many pages as it takes; a page may be empty though there is more. */
    void print(Terminal terminal, GatewayOptions gateways, Duration timeout, Listing listing)
            throws IOException, InterruptedException {
        if (max < 1) {
            throw new CommandFailure(
                    Problem.local(
                            "Not a number of messages",
                            "--max: expected a number from 1, found " + max,
                            "say how many messages are to be shown"));
        }
        var found = new ArrayList<Json>();
        Optional<String> next = Optional.of(after);
        int left = max;
        try (var client = gateways.client(RetryListener.SILENT)) {
            do {
                String path =
                        "/v1/groups/%s/%s?max=%d%s%s"
                                .formatted(
                                        Call.segment(listing.queue()),
                                        listing.what(),
                                        Math.clamp(left, 1, PAGE_MAX),
                                        listing.query(),
                                        next.get().isEmpty()
                                                ? ""
                                                : "&after=" + Call.segment(next.get()));
                Answer answer = client.send(Call.get(path), timeout);
                Json page = answer.json();
                List<Json> messages = page.list(listing.list());
                left -= messages.size();
                next = page.field("nextAfter").map(Json::toString);
                if (json) {
                    terminal.print(QueueCommand.text(answer));
                } else {
                    found.addAll(messages);
                }
            } while (left > 0 && next.isPresent());
        }
        if (json) {
            return;
        }
        if (found.isEmpty()) {
            terminal.err().println(listing.none());
        } else {
            terminal.print(MessageTable.of(found, listing.columns()));
        }
        if (next.isPresent()) {
            terminal.err().println("there may be more: --after " + next.get());
        }
    }
}
