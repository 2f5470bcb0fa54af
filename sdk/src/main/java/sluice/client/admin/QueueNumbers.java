package sluice.client.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * How many messages of a queue group are where.
 *
 * @param isComplete false if the owner of a partition did not answer; then it is left out
 * @param inFlight that consumers work on
 * @param delayed ready later
 * @param behind another message of their key
 * @param dead on their way to the dead-letter topic
 * @param settled done, of what is still counted
 * @param oldestReady when the oldest ready message was written, if that is known
 * @param sessions open, with messages or without
 */
public record QueueNumbers(
        boolean isComplete,
        long ready,
        long inFlight,
        long delayed,
        long behind,
        long dead,
        long settled,
        Optional<Instant> oldestReady,
        int sessions) {}
