package sluice.bench.load;

import java.time.Duration;

/** What one attempt to append came to, as its writer was told. */
sealed interface Outcome {

    /**
     * It is in the log.
     *
     * @param baseOffset of its first record; −1 if a repetition was recognised, and its place
     *     forgotten
     */
    record Acknowledged(long baseOffset) implements Outcome {}

    /**
     * It is not in the log, by this attempt.
     *
     * @param status of HTTP; 0 if it was never sent
     * @param mayRepeat false if no repetition will help
     * @param retryAfter zero if nothing was said
     */
    record Refused(int status, String code, boolean mayRepeat, Duration retryAfter)
            implements Outcome {}

    /** Nobody knows. */
    record Unknown(String why) implements Outcome {}
}
