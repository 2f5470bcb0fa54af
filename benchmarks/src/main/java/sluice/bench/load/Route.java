package sluice.bench.load;

import java.net.URI;
import java.util.List;

/** The gateways that a producer knows, and the one it uses. Callable from many threads. */
final class Route {

    private List<URI> gateways;
    private int current;

    Route(List<URI> gateways, int first) {
        this.gateways = List.copyOf(gateways);
        this.current = first;
    }

    synchronized void through(List<URI> known, int first) {
        gateways = List.copyOf(known);
        current = first;
    }

    synchronized URI gateway() {
        return gateways.get(Math.floorMod(current, gateways.size()));
    }

    synchronized int size() {
        return gateways.size();
    }

    /** Goes on to the next, unless somebody did already. */
    synchronized void leave(URI left) {
        if (gateway().equals(left)) {
            current++;
        }
    }
}
