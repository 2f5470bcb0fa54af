package sluice.gateway.group;

import java.util.Optional;
import java.util.UUID;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Ids of members and sessions, which a gateway gave: what is none was given to nobody. */
final class GivenIds {

    private static final int TOLD_CHARS_MAX = 64;

    private GivenIds() {}

    /**
     * @throws ProblemException UNKNOWN_MEMBER if it cannot be one
     */
    static UUID member(String text) {
        return parse(text)
                .orElseThrow(() ->
                        new ProblemException(
                                ProblemType.UNKNOWN_MEMBER,
                                "There is no member " + shortened(text)));
    }

    /**
     * @throws ProblemException UNKNOWN_SESSION if it cannot be one
     */
    static UUID session(String text) {
        return parse(text).orElseThrow(() -> unknownSession(text));
    }

    static ProblemException unknownSession(String text) {
        return new ProblemException(
                ProblemType.UNKNOWN_SESSION,
                "There is no session %s, or it ended".formatted(shortened(text)));
    }

    private static Optional<UUID> parse(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String shortened(String text) {
        return text.length() <= TOLD_CHARS_MAX ? text : text.substring(0, TOLD_CHARS_MAX) + "…";
    }
}
