package sluice.consumer.session;

import java.time.Duration;

/** How long to wait before the next try: each time twice as long, up to a second. */
final class RetryPauses {

    private static final Duration MAX = Duration.ofSeconds(1);

    private final Duration first;
    private Duration next;

    RetryPauses(Duration first) {
        this.first = first;
        next = first;
    }

    Duration next() {
        Duration now = next;
        Duration longer = now.multipliedBy(2);
        next = longer.compareTo(MAX) < 0 ? longer : MAX;
        return now;
    }

    /** It worked. */
    void reset() {
        next = first;
    }
}
