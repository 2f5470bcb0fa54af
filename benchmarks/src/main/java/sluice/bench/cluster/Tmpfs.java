package sluice.bench.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Small file systems in memory, for disks that are full. Each is mounted in a mount namespace of
 * the process that uses it, and is gone with it.
 */
public final class Tmpfs {

    private static final int TRIAL_SECONDS_MAX = 10;

    private Tmpfs() {}

    /** Why there is none to be had here; empty if there is. */
    public static Optional<String> unavailable() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("memory file systems of one process are tried on Linux alone");
        }
        try {
            var command = new java.util.ArrayList<>(mountThenRun(Path.of("/mnt"), 1 << 20));
            command.add("true");
            var trial =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!trial.waitFor(TRIAL_SECONDS_MAX, TimeUnit.SECONDS)) {
                trial.destroyForcibly();
                return Optional.of("mounting a tmpfs did not end");
            }
            return trial.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(
                            "this user may not mount a tmpfs, not even in a namespace of its own");
        } catch (IOException e) {
            return Optional.of("there is no unshare: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** To be put before a command; it runs as the same process. */
    static List<String> mountThenRun(Path folder, int bytes) {
        // As root of a user namespace of its own, so that no right is needed.
        return List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "/bin/sh",
                "-c",
                "mount -t tmpfs -o size=" + bytes + " none \"$0\" && exec \"$@\"",
                folder.toString());
    }
}
