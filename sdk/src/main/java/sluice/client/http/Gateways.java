package sluice.client.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gateways that the application named, and the one in use. Calls stay with a gateway while it
 * serves. Used by any thread.
 */
public final class Gateways {

    private final List<URI> addresses;

    /** Counts up at each move; the gateway in use is this modulo their number. */
    private final AtomicInteger turn;

    /**
     * @param first index of the gateway to begin with, so that not all clients begin with one
     */
    public Gateways(List<URI> addresses, int first) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a client needs the address of a gateway");
        }
        this.addresses = List.copyOf(addresses);
        this.turn = new AtomicInteger(first);
    }

    /**
     * Reads {@code http://h1:8080,http://h2:8080}; without a scheme, {@code http} is meant.
     *
     * @throws IllegalArgumentException if an address is none
     */
    public static List<URI> parse(String list) {
        var addresses = new LinkedHashSet<URI>();
        for (String each : list.split(",")) {
            String text = each.strip();
            if (!text.isEmpty()) {
                addresses.add(address(text.contains("://") ? text : "http://" + text));
            }
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no gateway is named: \"" + list + "\"");
        }
        return new ArrayList<>(addresses);
    }

    private static URI address(String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (isHttp && uri.getHost() != null && uri.getQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below, as any other address that is none.
        }
        throw new IllegalArgumentException(
                "not the address of a gateway: \"%s\"; expected something like http://host:8080"
                        .formatted(text));
    }

    public List<URI> all() {
        return addresses;
    }

    /** The gateway in use. */
    public URI current() {
        return addresses.get(Math.floorMod(turn.get(), addresses.size()));
    }

    /** Moves on, unless somebody has moved on from {@code failed} already. */
    public void leave(URI failed) {
        int now = turn.get();
        if (addresses.get(Math.floorMod(now, addresses.size())).equals(failed)) {
            turn.compareAndSet(now, now + 1);
        }
    }

    /**
     * The address of another gateway, which a gateway told as {@code host:port}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public URI resolve(String told) {
        return address(told.contains("://") ? told : addresses.get(0).getScheme() + "://" + told);
    }
}
