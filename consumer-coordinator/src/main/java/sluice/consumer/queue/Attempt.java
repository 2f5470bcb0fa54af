package sluice.consumer.queue;

/**
 * A delivery that ended without the message being done.
 *
 * @param sinceMs wall clock when it was leased
 * @param untilMs wall clock when it came back
 * @param reason what the consumer said, cut to {@link #REASON_CHARS_MAX}; may be empty
 */
public record Attempt(long lease, long sinceMs, long untilMs, Why why, String reason) {

    public static final int REASON_CHARS_MAX = 256;

    public Attempt {
        reason = cut(reason);
    }

    static String cut(String reason) {
        if (reason.length() <= REASON_CHARS_MAX) {
            return reason;
        }
        int end = REASON_CHARS_MAX;
        return reason.substring(
                0, Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end);
    }

    /** Why a delivery ended. The numbers are stored: add, never renumber. */
    public enum Why {
        /** The consumer gave it back. */
        RELEASED(0, "released"),
        /** It never reached a consumer; such a delivery does not count toward the limit. */
        NOT_DELIVERED(1, "not-delivered"),
        /** The consumer's session ended. */
        SESSION_ENDED(2, "session-ended"),
        /** The lease had a deadline, which passed. */
        DEADLINE_PASSED(3, "deadline-passed"),
        /** The queue was reset meanwhile. */
        RESET(4, "reset"),
        /** The consumer rejected it: a dead letter. */
        REJECTED(5, "rejected"),
        /** Nobody took it before its time was over: a dead letter. */
        EXPIRED(6, "expired");

        private final int number;
        private final String word;

        Why(int number, String word) {
            this.number = number;
            this.word = word;
        }

        int number() {
            return number;
        }

        /** As messages, headers and the API name it. */
        public String word() {
            return word;
        }

        /**
         * @throws IllegalArgumentException if there is none with that number
         */
        static Why of(int number) {
            for (Why each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new IllegalArgumentException("why=" + number);
        }
    }
}
