package sluice.consumer.queue;

import java.time.Duration;
import java.util.Collection;
import sluice.log.SluiceException;

/** A request as it is brought to the partition's owner; see {@link PartitionQueues#call}. */
public record QueueCall(QueueRef queue, long coordinatorEpoch, PartitionRequest request) {

    private static final int LIST_MAX = PartitionRequest.MESSAGES_MAX;
    private static final Duration LONGEST = Duration.ofDays(365);

    /** True if doing it twice is the same as once. */
    public boolean isRepeatable() {
        return switch (request) {
            case PartitionRequest.Attach _,
                    PartitionRequest.Leases _,
                    PartitionRequest.Cancel _,
                    PartitionRequest.Settle _,
                    PartitionRequest.EndSessions _,
                    PartitionRequest.Read _,
                    PartitionRequest.DeadLetters _,
                    PartitionRequest.Bury _,
                    PartitionRequest.Finish _,
                    PartitionRequest.Peek _,
                    PartitionRequest.Count _ ->
                    true;
            case PartitionRequest.Acquire _, PartitionRequest.Reset _, PartitionRequest.Purge _ ->
                    false;
        };
    }

    /** How long the owner may wait before it answers, besides what it takes. */
    public Duration waitMax() {
        return request instanceof PartitionRequest.Acquire acquire
                ? acquire.waitMax()
                : Duration.ZERO;
    }

    /**
     * @throws SluiceException INVALID {@code bad-queue-request}
     */
    static void check(PartitionRequest request) {
        switch (request) {
            case PartitionRequest.Attach _,
                    PartitionRequest.Cancel _,
                    PartitionRequest.Count _,
                    PartitionRequest.Reset _,
                    PartitionRequest.Purge _ -> {}
            case PartitionRequest.Leases(long from, int max) -> {
                atLeast("from", from, 0);
                between("max", max);
            }
            case PartitionRequest.Acquire acquire -> {
                between("grants", acquire.grants());
                span("waitMax", acquire.waitMax());
                for (PartitionRequest.Grant each : acquire.grants()) {
                    each.visibility().ifPresent(span -> span("visibility", span));
                }
            }
            case PartitionRequest.Settle(var settlements) -> {
                between("settlements", settlements);
                for (Settlement each : settlements) {
                    switch (each.outcome()) {
                        case Settlement.Outcome.Release(var delay, _) ->
                                delay.ifPresent(span -> span("delay", span));
                        case Settlement.Outcome.Extend(var visibility) ->
                                span("visibility", visibility);
                        case Settlement.Outcome.Acknowledge _,
                                Settlement.Outcome.NotDelivered _,
                                Settlement.Outcome.Reject _ -> {}
                    }
                }
            }
            case PartitionRequest.EndSessions(var sessions) -> between("sessions", sessions);
            case PartitionRequest.Read(var offsets) -> offsets(offsets);
            case PartitionRequest.DeadLetters(int max) -> between("max", max);
            case PartitionRequest.Bury(var offsets) -> offsets(offsets);
            case PartitionRequest.Finish(var offsets) -> offsets(offsets);
            case PartitionRequest.Peek peek -> {
                atLeast("from", peek.from(), 0);
                between("max", peek.max());
                atLeast("bytesMax", peek.bytesMax(), 1);
            }
        }
    }

    private static void offsets(Collection<Long> offsets) {
        between("offsets", offsets);
        offsets.forEach(each -> atLeast("offset", each, 0));
    }

    private static void between(String name, Collection<?> values) {
        if (values.size() > LIST_MAX) {
            throw bad("%s=%d max=%d".formatted(name, values.size(), LIST_MAX));
        }
    }

    private static void between(String name, int value) {
        if (value < 1 || value > LIST_MAX) {
            throw bad("%s=%d expected 1 to %d".formatted(name, value, LIST_MAX));
        }
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw bad("%s=%d min=%d".formatted(name, value, min));
        }
    }

    private static void span(String name, Duration span) {
        if (span.isNegative() || span.compareTo(LONGEST) > 0) {
            throw bad("%s=%s expected 0 to %s".formatted(name, span, LONGEST));
        }
    }

    private static SluiceException bad(String what) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "bad-queue-request",
                "a request for a queue is out of range: " + what + "; correct it");
    }
}
