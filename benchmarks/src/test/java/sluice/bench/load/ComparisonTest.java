package sluice.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each breach is found: a comparison that finds nothing proves nothing otherwise. */
class ComparisonTest {

    private static final URI ONE = URI.create("http://one");
    private static final URI OTHER = URI.create("http://other");
    private static final Outcome REFUSED =
            new Outcome.Refused(503, "unavailable", true, Duration.ofSeconds(1));

    private final Ledger ledger = new Ledger();

    @Test
    void allIsWell() {
        told(0, 2, new Outcome.Acknowledged(0));
        told(2, 1, REFUSED);
        told(3, 1, new Outcome.Unknown("timeout"));
        told(4, 1, new Outcome.Acknowledged(2));

        assertEquals(List.of(), compared(shown(ONE, 0, 1, 4)));
        assertEquals(List.of(), compared(shown(ONE, 0, 1, 4), shown(OTHER, 0, 1, 4)));
    }

    @Test
    void whatIsUnknownMayBeThere() {
        told(0, 1, new Outcome.Unknown("timeout"));

        assertEquals(List.of(), compared(shown(ONE, 0)));
    }

    @Test
    void anAcknowledgedValueThatIsNotThereIsFound() {
        told(0, 2, new Outcome.Acknowledged(0));

        found("7.1 was acknowledged at 1 and is not there", shown(ONE, 0));
    }

    @Test
    void anAcknowledgedValueAtAnotherOffsetIsFound() {
        told(0, 1, new Outcome.Acknowledged(1));
        told(1, 1, new Outcome.Unknown("timeout"));

        found("7.0 was acknowledged at 1 and is at 0", shown(ONE, 0, 1));
    }

    @Test
    void aValueThatIsThereTwiceIsFound() {
        told(0, 1, new Outcome.Acknowledged(0));

        found("7.0 is there twice, at 0 and 1", shown(ONE, 0, 0));
    }

    @Test
    void aBrokenOrderIsFound() {
        told(0, 1, new Outcome.Acknowledged(1));
        told(1, 1, new Outcome.Acknowledged(0));

        found("7.0 at 1 comes after number 1", shown(ONE, 1, 0));
    }

    @Test
    void whatIsUnknownMayBeBehindWhatCameLater() {
        told(0, 1, new Outcome.Unknown("timeout"));
        told(1, 1, new Outcome.Acknowledged(0));

        assertEquals(List.of(), compared(shown(ONE, 1, 0)));
    }

    @Test
    void aRefusedValueThatIsThereIsFound() {
        told(0, 1, REFUSED);

        found("7.0 was refused", shown(ONE, 0));
    }

    @Test
    void aValueThatNobodySentIsFound() {
        found("7.0 at 0 was never sent", shown(ONE, 0));
    }

    @Test
    void gatewaysThatShowDifferentThingsAreFound() {
        told(0, 1, new Outcome.Unknown("timeout"));
        told(1, 1, new Outcome.Unknown("timeout"));

        found("partition 0 offset 0 is 7.0 at http://one and 7.1", shown(ONE, 0), shown(OTHER, 1));
    }

    @Test
    void whatAGatewayCouldNotShowIsFound() {
        found(
                "http://one: torn",
                new TopicContents(ONE, List.of(List.of()), List.of("http://one: torn")));
    }

    @Test
    void aWritersSurpriseIsFound() {
        ledger.surprise("refused for good");

        found("refused for good", shown(ONE));
    }

    private void told(long first, int count, Outcome outcome) {
        ledger.add(new Ledger.Entry(0, 7, first, count, outcome));
    }

    private static TopicContents shown(URI gateway, long... numbers) {
        List<Mark> marks = Arrays.stream(numbers).mapToObj(n -> new Mark(7, n)).toList();
        return new TopicContents(gateway, List.of(marks), List.of());
    }

    private List<String> compared(TopicContents... shown) {
        return Comparison.of(ledger, List.of(shown));
    }

    private void found(String what, TopicContents... shown) {
        var findings = compared(shown);
        assertTrue(
                findings.stream().anyMatch(finding -> finding.contains(what)), findings::toString);
    }
}
