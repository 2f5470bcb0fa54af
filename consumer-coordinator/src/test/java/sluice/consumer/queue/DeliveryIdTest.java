package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;

class DeliveryIdTest {

    private static final DeliveryId ID =
            new DeliveryId(0x1234_5678_9abc_def0L, 7, 4_000_000_000L, 17);

    @Test
    void itsTextIsPinned() {
        assertEquals("EjRWeJq83vAHgNCs8w4RViM9Zg", ID.toText());
    }

    @Test
    void whatWasWrittenIsRead() {
        for (DeliveryId id :
                List.of(
                        ID,
                        new DeliveryId(1, 0, 0, 0),
                        new DeliveryId(
                                Long.MAX_VALUE,
                                Integer.MAX_VALUE,
                                Long.MAX_VALUE,
                                Long.MAX_VALUE))) {
            assertEquals(id, DeliveryId.parse(id.toText()));
            assertTrue(id.toText().length() <= 48, id::toText);
        }
    }

    @Test
    void aCharacterThatChangedIsSeen() {
        String text = ID.toText();
        for (int at = 0; at < text.length() - 1; at++) {
            char other = text.charAt(at) == 'A' ? 'B' : 'A';
            refused(text.substring(0, at) + other + text.substring(at + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "EjRWeJq83vAHgNCs8w4",
                "not a delivery",
                "EjRWeJq83vAHgNCs8w4RViM9ZgAA"
            })
    void whatIsNotOneIsRefused(String text) {
        refused(text);
    }

    @Test
    void whatIsFarTooLongIsRefusedBeforeItIsRead() {
        refused("A".repeat(100_000));
    }

    private static void refused(String text) {
        var error = assertThrows(SluiceException.class, () -> DeliveryId.parse(text), text);
        assertEquals(SluiceException.Kind.INVALID, error.kind());
        assertEquals("malformed-delivery", error.code());
    }
}
