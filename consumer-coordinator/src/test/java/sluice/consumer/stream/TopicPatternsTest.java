package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPatternsTest {

    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, orders2, false",
        "orders*, orders, true",
        "orders*, orders-eu, true",
        "*-eu, orders-eu, true",
        "*-eu, orders-eu2, false",
        "a*b*c, aXbYbZc, true",
        "a*b*c, aXbYbZ, false",
        "order?, orders, true",
        "order?, order, false",
        "*, x, true",
        "a.b, axb, false",
    })
    void aStarIsAnyCharactersAndAQuestionMarkIsOne(String pattern, String name, boolean matches) {
        assertEquals(matches, TopicPatterns.matches(pattern, name));
    }

    /** A matcher that tries every way would not end in a lifetime. */
    @Test
    void manyStarsTakeNoLongTime() {
        assertFalse(TopicPatterns.matches("*a".repeat(50) + "b", "a".repeat(249)));
    }
}
