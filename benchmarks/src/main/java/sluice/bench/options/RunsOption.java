package sluice.bench.options;

import picocli.CommandLine.Option;
import sluice.log.SluiceException;

/** How often a benchmark measures. */
public final class RunsOption {

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int count;

    public RunsOption(int usual) {
        count = usual;
    }

    /**
     * @throws SluiceException INVALID {@code bad-option} if it is less than one
     */
    public int count() {
        if (count < 1) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "bad-option",
                    "--runs must be at least 1, not " + count);
        }
        return count;
    }
}
