package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.record.RecordHeader;

class ProducerRecordTest {

    private static final ProducerRecord RECORD =
            ProducerRecord.of("jobs", "key", "value").header("h", "1");

    private static List<String> told(ProducerRecord record) {
        return record.headers().stream().map(each -> each.name() + "=" + each.text()).toList();
    }

    @Test
    void whatQueueGroupsAreToldIsInHeaders() {
        var record =
                RECORD.priority(9)
                        .deliverAt(Instant.ofEpochMilli(1_000))
                        .expiresAt(Instant.ofEpochMilli(2_000));

        assertEquals(
                List.of(
                        "h=1",
                        "sluice-priority=9",
                        "sluice-deliver-at=1000",
                        "sluice-expires-at=2000"),
                told(record));
        assertEquals(RecordHeader.of("h", "1"), record.headers().get(0));
        assertSame(RECORD.value(), record.value());
    }

    @Test
    void theLastWordCounts() {
        assertEquals(List.of("h=1", "sluice-priority=0"), told(RECORD.priority(3).priority(0)));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> RECORD.priority(10));
        assertThrows(IllegalArgumentException.class, () -> RECORD.priority(-1));
        assertThrows(
                IllegalArgumentException.class, () -> RECORD.deliverAt(Instant.ofEpochMilli(-1)));
    }
}
