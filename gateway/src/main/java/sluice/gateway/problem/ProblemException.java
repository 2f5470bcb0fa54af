package sluice.gateway.problem;

/** Ends a request with a problem that was made here and is ready to be sent. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        // Made for a caller's mistake, perhaps often: nobody reads its stack.
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(KnownProblem type, String detail) {
        this(Problem.of(type, detail));
    }

    public Problem problem() {
        return problem;
    }
}
