package sluice.cli.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;

/**
 * A process to start.
 *
 * @param name one word, unique; its log is named by it
 * @param command the program and its arguments
 * @param readiness answers when the child is ready
 */
public record ChildSpec(String name, Role role, List<String> command, URI readiness) {

    /** In the order in which they stop. */
    public enum Role {
        /** Drains on SIGTERM; ready when its readiness answers 200. */
        GATEWAY,
        /** Needed by gateways until they are gone; ready when its readiness answers at all. */
        STORE
    }

    public ChildSpec {
        command = List.copyOf(command);
    }

    /** True when its readiness answers as it should; asks, and waits for some seconds at most. */
    public boolean isReady() {
        try {
            var connection = (HttpURLConnection) readiness.toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(2_000);
            try {
                int status = connection.getResponseCode();
                return switch (role) {
                    case GATEWAY -> status == 200;
                    case STORE -> status > 0;
                };
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
