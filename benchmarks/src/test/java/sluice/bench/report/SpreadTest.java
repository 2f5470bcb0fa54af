package sluice.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a table says of many values. */
class SpreadTest {

    @Test
    void everyPercentileIsAMeasuredValue() {
        assertEquals(
                Optional.of(new Spread(4, 1, 2, 9, 9, 9)),
                Spread.ofNumbers(List.of(9.0, 1.0, 3.0, 2.0)));
    }

    @Test
    void timesAreToldInSeconds() {
        assertEquals(
                Optional.of(new Spread(1, 1.5, 1.5, 1.5, 1.5, 1.5)),
                Spread.of(List.of(Duration.ofMillis(1_500))));
    }

    @Test
    void nothingMeasuredIsNoSpread() {
        assertEquals(Optional.empty(), Spread.of(List.of()));
    }
}
