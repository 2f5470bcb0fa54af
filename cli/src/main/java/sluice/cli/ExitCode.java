package sluice.cli;

/** What the process says of its end; scripts depend on them: add, never renumber. */
final class ExitCode {

    /** All was done. */
    static final int OK = 0;

    /** Something was refused or failed; what was not acknowledged was not done. */
    static final int FAILED = 1;

    /** The command line was not understood, or is not complete; nothing was done. */
    static final int USAGE = 2;

    /** No answer came: it may have been done. */
    static final int UNKNOWN = 3;

    /** As shells say it for Ctrl-C. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
