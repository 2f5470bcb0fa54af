package sluice.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MarkTest {

    @Test
    void aValueNamesItsMark() {
        var mark = new Mark(3, 1234567);

        assertEquals(mark, Mark.of(ByteBuffer.wrap(mark.value(100))));
        assertEquals(mark, Mark.of(ByteBuffer.wrap(mark.value(0))), "smaller than its mark");
    }

    @Test
    void aChangedByteIsNoticed() {
        byte[] value = new Mark(3, 4).value(100);
        value[80]++;

        assertThrows(IllegalArgumentException.class, () -> Mark.of(ByteBuffer.wrap(value)));
    }

    @Test
    void aForeignValueIsNoticed() {
        assertThrows(
                IllegalArgumentException.class, () -> Mark.of(ByteBuffer.wrap(new byte[] {1, 2})));
    }
}
