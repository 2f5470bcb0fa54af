package sluice.client.error;

/** A gateway refused it for good: nothing was done, and the same again would be refused again. */
public final class SluiceApiException extends SluiceClientException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public SluiceApiException(String what, Problem problem) {
        super(what + ": " + problem, null);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The problem's word for programs, such as {@code unknown-topic}. */
    public String code() {
        return problem.code();
    }

    /** HTTP status. */
    public int status() {
        return problem.status();
    }
}
