package sluice.bench.options;

import picocli.CommandLine.Option;

/** Memory of what is measured. */
public final class HeapOption {

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "Heap of each JVM that serves, at most (default: ${DEFAULT-VALUE}).")
    private String size;

    public HeapOption(String usual) {
        size = usual;
    }

    /** As JVMs take it: 512m, 1g. */
    public String size() {
        return size;
    }
}
