package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * How long a member that was left behind is not chosen again: a second at first, twice as long each
 * time it happens again soon after, a minute at most. Time without an offence is forgiven in the
 * same steps. Owned by the engine's lane.
 */
final class Quarantines {

    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration MAX = Duration.ofSeconds(60);

    /** Of good conduct, for one step back. */
    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(60);

    private record Offence(int doubled, long untilNs) {}

    private final Map<UUID, Offence> offences = new HashMap<>();

    /**
     * The member must be left behind. Within a quarantine this changes nothing.
     *
     * @return how much longer it is to be left out
     */
    Duration left(UUID member, long nowNs) {
        Offence last = offences.get(member);
        if (last != null && last.untilNs() - nowNs > 0) {
            return Duration.ofNanos(last.untilNs() - nowNs);
        }
        int doubled = 0;
        if (last != null) {
            long forgiven = (nowNs - last.untilNs()) / FORGIVEN_AFTER.toNanos();
            doubled = (int) Math.max(0, last.doubled() + 1 - forgiven);
        }
        long forNs = Math.min(FIRST.toNanos() << Math.min(doubled, 6), MAX.toNanos());
        offences.put(member, new Offence(Math.min(doubled, 6), nowNs + forNs));
        return Duration.ofNanos(forNs);
    }

    /** True if some member is left out now. */
    boolean isAnyIn(long nowNs) {
        return offences.values().stream().anyMatch(each -> each.untilNs() - nowNs > 0);
    }

    /** Too few members are left: all that are left out may be chosen again. */
    Iterable<UUID> lift(long nowNs) {
        offences.replaceAll((_, each) ->
                each.untilNs() - nowNs > 0 ? new Offence(each.doubled(), nowNs) : each);
        return java.util.List.copyOf(offences.keySet());
    }
}
