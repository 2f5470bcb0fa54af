package sluice.cli.http;

/**
 * What went wrong, in the members of an {@code application/problem+json} answer.
 *
 * @param status HTTP status, 0 if no gateway said this
 * @param action what to do about it; empty if nobody knows
 */
public record Problem(String type, String title, int status, String detail, String action) {

    /** A problem that the command line found itself. */
    public static Problem local(String title, String detail, String action) {
        return new Problem("about:blank", title, 0, detail, action);
    }

    /** The problem of a refused call; an answer that is not a problem document still makes one. */
    static Problem of(Answer answer, String where) {
        int status = answer.status();
        try {
            Json document = Json.parse(answer.body());
            return new Problem(
                    document.text("type", "about:blank"),
                    document.text("title", "HTTP status " + status),
                    status,
                    document.text("detail", "no detail was given by " + where),
                    document.text("action", ""));
        } catch (CommandFailure notJson) {
            return new Problem(
                    "about:blank",
                    "HTTP status " + status,
                    status,
                    where + " answered with something that is not a problem document",
                    "check that --gateway names a Sluice gateway");
        }
    }
}
