package sluice.metadata;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which gateway should own which slot. It is advice: gateways hand over and take up slots until
 * they match it, and who owns a slot says its own record alone.
 *
 * @param leader the gateway that wrote it
 * @param nodes gateways that should own slots
 * @param targets for each slot the index of its gateway in {@code nodes}
 */
public record AssignmentRecord(UUID leader, List<UUID> nodes, List<Integer> targets) {

    /** A target is stored in two bytes. */
    public static final int NODES_MAX = 65_536;

    public AssignmentRecord {
        nodes = List.copyOf(nodes);
        targets = List.copyOf(targets);
        if (nodes.size() > NODES_MAX || new HashSet<>(nodes).size() != nodes.size()) {
            throw new IllegalArgumentException("at most 65536 different nodes: " + nodes.size());
        }
        for (int target : targets) {
            if (target < 0 || target >= nodes.size()) {
                throw new IllegalArgumentException(
                        "no such node: target=%d nodes=%d".formatted(target, nodes.size()));
            }
        }
    }

    /** The gateway that should own a slot; none if it names fewer slots. */
    public Optional<UUID> target(int slot) {
        return slot < targets.size() ? Optional.of(nodes.get(targets.get(slot))) : Optional.empty();
    }
}
