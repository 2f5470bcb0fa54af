package sluice.metadata;

import java.time.Duration;

/** Waiting between tries, as a port: a simulator lets no real time pass. */
@FunctionalInterface
public interface Pause {

    /** Returns after {@code wait}, or earlier if the thread is interrupted (the flag stays set). */
    void pause(Duration wait);

    /** Blocks the calling thread. */
    static Pause blocking() {
        return wait -> {
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }
}
