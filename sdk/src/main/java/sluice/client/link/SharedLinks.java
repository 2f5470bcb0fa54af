package sluice.client.link;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What queue consumers of one client share: a connection to each gateway, and a few threads that
 * run their lanes. Used by any thread.
 */
public final class SharedLinks implements AutoCloseable {

    private static final int THREADS_MAX = 4;

    private final StreamDialer dialer;
    private final int threadsMax =
            Math.min(THREADS_MAX, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    /** Begun as they are needed. Guarded by this. */
    private final List<LaneRunner> threads = new ArrayList<>();

    private int lanes;

    /**
     * @param label what gateways show of the client
     */
    public SharedLinks(HttpClient http, String label, Duration dialTimeout) {
        dialer = new ChannelDialer(new JdkSocketDialer(http, label, dialTimeout));
    }

    StreamDialer dialer() {
        return dialer;
    }

    /** One of the threads, in turn. */
    synchronized LaneRunner thread() {
        if (threads.size() < threadsMax) {
            threads.add(new LaneRunner("sluice-consumers"));
        }
        return threads.get(lanes++ % threadsMax);
    }

    /** Ends the threads; consumers are closed before. */
    @Override
    public synchronized void close() {
        threads.forEach(LaneRunner::end);
    }
}
