package sluice.bench.scale;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many partitions, and what is done to a few of them.
 *
 * @param root of the installation
 * @param data folder for all that is written
 * @param partitions in the end
 * @param active of them are written to, the same ones at every size
 * @param every pause between two records of an active partition
 * @param window in which calls to tables are counted
 * @param settle before, for uploads and folds of what made the size
 * @param kills of a gateway, each in its turn
 * @param heap of each gateway, as {@code -Xmx} takes it
 * @param jvmOptions of each gateway
 */
record ScaleSettings(
        Path root,
        Path data,
        int partitions,
        int active,
        Duration every,
        Duration window,
        Duration settle,
        int kills,
        String heap,
        List<String> jvmOptions) {

    ScaleSettings {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** From a hundredth to all, but never fewer than the active ones. */
    List<Integer> sizes() {
        return IntStream.of(partitions / 100, partitions / 10, partitions)
                .map(size -> Math.max(size, active))
                .distinct()
                .boxed()
                .toList();
    }
}
