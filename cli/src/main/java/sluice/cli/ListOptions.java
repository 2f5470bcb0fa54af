package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.Option;
import sluice.cli.http.Call;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;

/** How a list is shown that is shown whole, with all its pages. */
final class ListOptions {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int PAGE = 500;

    @Option(names = "--names", description = "Print names alone, one a line.")
    private boolean namesAlone;

    /**
     * @param what the path's last part, and the field of the answer that has the list
     * @param query each parameter with an ampersand behind it
     * @param isMeant of an element: whether it is shown
     * @param table of the elements, for people
     * @param none said if there are none
     */
    record Listing(
            String what,
            String query,
            Predicate<Json> isMeant,
            Function<List<Json>, String> table,
            String none) {

        static Listing of(String what, String none) {
            return new Listing(what, "", _ -> true, JsonReport::table, none);
        }
    }

    void print(Terminal terminal, GatewayOptions gateways, Listing listing)
            throws IOException, InterruptedException {
        List<Json> found = found(gateways, listing);
        if (namesAlone) {
            var names = new StringBuilder();
            found.forEach(each -> names.append(each.text("name", "")).append('\n'));
            terminal.print(names.toString());
        } else if (found.isEmpty()) {
            terminal.err().println(listing.none());
        } else {
            terminal.print(listing.table().apply(found));
        }
    }

    private static List<Json> found(GatewayOptions gateways, Listing listing)
            throws InterruptedException {
        var found = new ArrayList<Json>();
        try (var client = gateways.client(RetryListener.SILENT)) {
            Optional<String> after = Optional.of("");
            while (after.isPresent()) {
                String path =
                        "/v1/%s?max=%d&%safter=%s"
                                .formatted(
                                        listing.what(),
                                        PAGE,
                                        listing.query(),
                                        Call.segment(after.get()));
                Json page = client.send(Call.get(path), gateways.timeout(TIMEOUT)).json();
                page.list(listing.what()).stream().filter(listing.isMeant()).forEach(found::add);
                after = page.field("nextAfter").map(Json::toString);
            }
        }
        return found;
    }
}
