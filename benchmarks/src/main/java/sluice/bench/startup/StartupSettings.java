package sluice.bench.startup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is started how often.
 *
 * @param root of the installation
 * @param data folder for all that is written
 * @param kinds of starts, each measured on a cluster of its own
 * @param idle how long a gateway does nothing before its memory is read
 * @param heap of each gateway, as {@code -Xmx} takes it
 * @param jvmOptions of each gateway
 */
record StartupSettings(
        Path root,
        Path data,
        List<StartKind> kinds,
        int runs,
        Duration idle,
        String heap,
        List<String> jvmOptions) {

    StartupSettings {
        kinds = List.copyOf(kinds);
        jvmOptions = List.copyOf(jvmOptions);
    }
}
