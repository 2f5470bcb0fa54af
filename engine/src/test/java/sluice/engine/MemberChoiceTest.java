package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whose disks a segment goes to. */
class MemberChoiceTest {

    private static final List<UUID> NODES =
            LongStream.range(0, 6).mapToObj(i -> new UUID(i, 77 * i)).toList();

    @Test
    void theOwnerIsTheFirstAndNobodyIsChosenTwice() {
        for (int segment = 0; segment < 50; segment++) {
            List<UUID> chosen = MemberChoice.choose(NODES, 3, 2, segment, _ -> "");

            assertEquals(3, new HashSet<>(chosen).size());
            assertEquals(NODES.getFirst(), chosen.getFirst());
        }
    }

    @Test
    void otherZonesComeFirst() {
        // The owner's zone has three, the others two and one.
        Map<UUID, String> zones = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            zones.put(NODES.get(i), i < 3 ? "a" : i < 5 ? "b" : "c");
        }
        for (int segment = 0; segment < 50; segment++) {
            List<UUID> chosen = MemberChoice.choose(NODES, 3, 2, segment, zones::get);

            assertEquals(3, chosen.stream().map(zones::get).distinct().count(), chosen::toString);
        }
    }

    @Test
    void withTooFewZonesOneIsUsedTwice() {
        assertEquals(3, MemberChoice.choose(NODES, 3, 2, 1, _ -> "one").size());
    }

    @Test
    void theLoadSpreadsOverThePeers() {
        Map<UUID, Integer> times = new HashMap<>();
        for (int segment = 0; segment < 500; segment++) {
            MemberChoice.choose(NODES, 3, 2, segment, _ -> "").stream()
                    .skip(1)
                    .forEach(node -> times.merge(node, 1, Integer::sum));
        }

        assertEquals(5, times.size());
        times.forEach((node, count) -> assertTrue(count > 140 && count < 260, times::toString));
    }

    @Test
    void fewerThanTheLeastAreNone() {
        assertEquals(List.of(), MemberChoice.choose(NODES.subList(0, 1), 3, 2, 0, _ -> ""));
        assertEquals(2, MemberChoice.choose(NODES.subList(0, 2), 3, 2, 0, _ -> "").size());
    }
}
