package sluice.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Chooses the members of a wal segment. */
final class MemberChoice {

    private MemberChoice() {}

    /**
     * The owner and R − 1 others, other zones first, and among equals a different choice for each
     * segment, so that load spreads.
     *
     * @param candidates the owner first
     * @param zoneOf empty if unknown
     * @return none if there are fewer than {@code membersMin}
     */
    static List<UUID> choose(
            List<UUID> candidates,
            int replicationFactor,
            int membersMin,
            int segment,
            Function<UUID, String> zoneOf) {
        if (candidates.size() < membersMin) {
            return List.of();
        }
        UUID owner = candidates.getFirst();
        var chosen = new ArrayList<UUID>();
        chosen.add(owner);
        var others = new ArrayList<>(candidates.subList(1, candidates.size()));
        others.sort(Comparator.comparingLong(node -> Rendezvous.weight(node, segment)));
        Set<String> zones = new HashSet<>();
        zones.add(zoneOf.apply(owner));
        while (chosen.size() < replicationFactor && !others.isEmpty()) {
            UUID next =
                    others.stream()
                            .filter(node -> !zones.contains(zoneOf.apply(node)))
                            .findFirst()
                            .orElse(others.getFirst());
            zones.add(zoneOf.apply(next));
            others.remove(next);
            chosen.add(next);
        }
        return chosen;
    }
}
