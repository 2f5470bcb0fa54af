package sluice.gateway;

import java.util.UUID;

/** What this module leaves to chance; nothing that must be right depends on it. */
public interface Chance {

    /** From 0 to {@code bound} − 1. */
    int below(int bound);

    /** A word by which a person finds a line in the log. */
    String word();

    /** An id that nothing else has. */
    UUID id();
}
