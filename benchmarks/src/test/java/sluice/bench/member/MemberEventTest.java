package sluice.bench.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.bench.member.MemberEvent.Item;

/** The lines by which a member's process tells what it did. */
class MemberEventTest {

    static List<MemberEvent> told() {
        return List.of(
                new MemberEvent.Ready(1),
                new MemberEvent.Assigned(2, List.of(0, 5)),
                new MemberEvent.Returned(3, List.of(5)),
                new MemberEvent.Lost(4, List.of()),
                new MemberEvent.Handled(5, 3, List.of(new Item(7, "k1", 0), new Item(8, "k2", 9))),
                new MemberEvent.Committed(6, Map.of(1, 2L, 3, 4L)),
                new MemberEvent.Holding(7, Map.of(1, 2L)),
                new MemberEvent.Zombie(8, ""),
                new MemberEvent.Zombie(9, "409 not-assigned"),
                new MemberEvent.Left(10),
                new MemberEvent.Failed(11, "it broke"));
    }

    @ParameterizedTest
    @MethodSource("told")
    void lineTellsAllOfTheEvent(MemberEvent event) {
        assertFalse(event.line().contains("\n"), event::line);
        assertEquals(event, MemberEvent.parse(event.line()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ready", "handled 5 3 7:k1", "hello 5", "assigned 5 x"})
    void partOfALineIsNoEvent(String line) {
        assertThrows(
                RuntimeException.class, () -> MemberEvent.parse(line), () -> "parsed: " + line);
    }

    @Test
    void textOfManyLinesIsToldInOne() {
        assertEquals("failed 1 a b", new MemberEvent.Failed(1, "a\n  b\n").line());
    }
}
