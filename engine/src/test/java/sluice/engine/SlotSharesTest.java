package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotSharesTest {

    private static List<UUID> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> new UUID(0, i + 1)).toList();
    }

    private static Map<UUID, Integer> counts(List<UUID> nodes, List<Integer> targets) {
        Map<UUID, Integer> counts = new HashMap<>();
        nodes.forEach(node -> counts.put(node, 0));
        targets.forEach(target -> counts.merge(nodes.get(target), 1, Integer::sum));
        return counts;
    }

    @Test
    void slotsOfNobodyGoTurnByTurn() {
        assertEquals(
                List.of(0, 1, 2, 0, 1, 2, 0), SlotShares.of(7, nodes(3), slot -> Optional.empty()));
    }

    @Test
    void aNewGatewayGetsItsShareAndNothingElseMoves() {
        List<Integer> before = SlotShares.of(1024, nodes(3), slot -> Optional.empty());
        List<UUID> four = nodes(4);
        List<Integer> after =
                SlotShares.of(1024, four, slot -> Optional.of(four.get(before.get(slot))));
        int moved = 0;
        for (int slot = 0; slot < 1024; slot++) {
            if (!before.get(slot).equals(after.get(slot))) {
                assertEquals(3, after.get(slot), "moves only to the new one");
                moved++;
            }
        }
        assertEquals(256, moved);
        for (int first = 0; first + 12 <= 1024; first += 12) {
            int there = 0;
            for (int slot = first; slot < first + 12; slot++) {
                there += after.get(slot) == 3 ? 1 : 0;
            }
            assertTrue(there >= 1 && there <= 5, "spread: first=" + first + " there=" + there);
        }
    }

    @Test
    void whatALostGatewayHadIsSharedByAll() {
        List<UUID> four = nodes(4);
        List<Integer> before = SlotShares.of(1024, four, slot -> Optional.empty());
        List<UUID> three = four.subList(0, 3);
        List<Integer> after =
                SlotShares.of(
                        1024,
                        three,
                        slot -> Optional.of(four.get(before.get(slot))).filter(three::contains));
        for (int slot = 0; slot < 1024; slot++) {
            if (before.get(slot) < 3) {
                assertEquals(before.get(slot), after.get(slot), "stays where it was");
            }
        }
        counts(three, after).values().forEach(count -> assertTrue(count >= 341 && count <= 342));
    }

    @Test
    void theAnswerIsFairAndStableWhateverTheBeginning() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            String which = "seed=" + seed + " round=" + round;
            int slots = 1 + random.nextInt(200);
            List<UUID> nodes = nodes(1 + random.nextInt(9));
            List<UUID> owners = new ArrayList<>(nodes(12));
            List<Optional<UUID>> present = new ArrayList<>();
            for (int slot = 0; slot < slots; slot++) {
                present.add(
                        random.nextInt(3) == 0
                                ? Optional.empty()
                                : Optional.of(owners.get(random.nextInt(owners.size()))));
            }
            List<Integer> shared = SlotShares.of(slots, nodes, present::get);
            counts(nodes, shared)
                    .values()
                    .forEach(count ->
                            assertTrue(
                                    count == slots / nodes.size()
                                            || count == slots / nodes.size() + 1,
                                    which));
            assertEquals(
                    shared,
                    SlotShares.of(slots, nodes, slot -> Optional.of(nodes.get(shared.get(slot)))),
                    which);
        }
    }
}
