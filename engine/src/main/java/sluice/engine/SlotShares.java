package sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Shares slots out evenly: a pure function, so that whoever computes it from the same input gets
 * the same answer.
 *
 * <p>Each gateway gets the same number, or one more. What can stay stays; among what must move or
 * has no place yet, a slot goes to the gateway whose turn it is, so that a topic's partitions,
 * whose slots are consecutive, spread over all gateways.
 */
final class SlotShares {

    private static final int NOBODY = -1;

    private final int slots;
    private final List<UUID> nodes;
    private final int[] targets;
    private final int[] counts;
    private final int[] quotas;

    private SlotShares(int slots, List<UUID> nodes) {
        this.slots = slots;
        this.nodes = nodes;
        this.targets = new int[slots];
        this.counts = new int[nodes.size()];
        this.quotas = new int[nodes.size()];
    }

    /**
     * @param nodes gateways that can own slots, at least one
     * @param present where a slot is, or should be, by now; another gateway counts as none
     * @return for each slot an index into {@code nodes}
     */
    static List<Integer> of(int slots, List<UUID> nodes, IntFunction<Optional<UUID>> present) {
        var shares = new SlotShares(slots, nodes);
        shares.begin(present);
        shares.giveAway();
        shares.place();
        return Arrays.stream(shares.targets).boxed().toList();
    }

    private void begin(IntFunction<Optional<UUID>> present) {
        Map<UUID, Integer> indexes = new HashMap<>();
        nodes.forEach(node -> indexes.put(node, indexes.size()));
        for (int slot = 0; slot < slots; slot++) {
            int index = present.apply(slot).map(indexes::get).orElse(NOBODY);
            targets[slot] = index;
            if (index != NOBODY) {
                counts[index]++;
            }
        }
        Arrays.fill(quotas, slots / nodes.size());
        // One more goes to those who have most, so that the fewest slots move.
        var most = new ArrayList<Integer>();
        for (int index = 0; index < nodes.size(); index++) {
            most.add(index);
        }
        most.sort(Comparator.comparingInt(index -> -counts[index]));
        most.subList(0, slots % nodes.size()).forEach(index -> quotas[index]++);
    }

    /** Whoever has too many gives first what is another's turn, so that what moves is spread. */
    private void giveAway() {
        for (int slot = 0; slot < slots; slot++) {
            int turn = slot % nodes.size();
            if (hasTooMany(targets[slot]) && counts[turn] < quotas[turn]) {
                counts[targets[slot]]--;
                targets[slot] = turn;
                counts[turn]++;
            }
        }
        for (int slot = 0; slot < slots; slot++) {
            if (hasTooMany(targets[slot])) {
                counts[targets[slot]]--;
                targets[slot] = NOBODY;
            }
        }
    }

    private boolean hasTooMany(int index) {
        return index != NOBODY && counts[index] > quotas[index];
    }

    private void place() {
        int next = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (targets[slot] != NOBODY) {
                continue;
            }
            int index = slot % nodes.size();
            if (counts[index] >= quotas[index]) {
                while (counts[next] >= quotas[next]) {
                    next = (next + 1) % nodes.size();
                }
                index = next;
                next = (next + 1) % nodes.size();
            }
            targets[slot] = index;
            counts[index]++;
        }
    }
}
