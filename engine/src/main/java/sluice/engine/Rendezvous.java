package sluice.engine;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * Rendezvous hashing (Thaler and Ravishankar 1996): all who know the same gateways choose alike.
 */
final class Rendezvous {

    private Rendezvous() {}

    /** The node with the greatest weight for a key; when a node goes, only its keys move. */
    static Optional<UUID> choose(Collection<UUID> nodes, long key) {
        return nodes.stream()
                .max(
                        Comparator.<UUID>comparingLong(node -> weight(node, key))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** Finalizer of SplitMix64 over node and key. */
    static long weight(UUID node, long key) {
        long state =
                node.getMostSignificantBits() * 31
                        + node.getLeastSignificantBits()
                        + key * 0x9e3779b97f4a7c15L;
        state = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        state = (state ^ (state >>> 27)) * 0x94d049bb133111ebL;
        return (state ^ (state >>> 31)) >>> 1;
    }
}
