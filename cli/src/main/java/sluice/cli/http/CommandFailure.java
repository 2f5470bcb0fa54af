package sluice.cli.http;

/** Ends a command with words for its user: what happened, and what to do. */
public final class CommandFailure extends RuntimeException {

    /** What is known of the call that failed. */
    public enum Outcome {
        /** It was refused, or never sent: nothing was done. */
        NOT_DONE,
        /** It got no answer: it may have been done. */
        UNKNOWN
    }

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final Outcome outcome;

    public CommandFailure(Problem problem) {
        this(problem, Outcome.NOT_DONE);
    }

    public CommandFailure(Problem problem, Outcome outcome) {
        super(problem.title() + ": " + problem.detail());
        this.problem = problem;
        this.outcome = outcome;
    }

    public Problem problem() {
        return problem;
    }

    public Outcome outcome() {
        return outcome;
    }
}
