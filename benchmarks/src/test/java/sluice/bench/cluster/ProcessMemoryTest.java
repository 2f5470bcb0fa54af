package sluice.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What Linux tells of a process. */
class ProcessMemoryTest {

    @Test
    void residentMemoryIsToldInBytes() {
        assertEquals(
                251_904L << 10,
                ProcessMemory.residentBytes(
                        """
                        Name:\tjava
                        VmHWM:\t  300000 kB
                        VmRSS:\t  251904 kB
                        """));
    }

    @Test
    void aProcessWithoutMemoryOfItsOwnHasNone() {
        assertEquals(0, ProcessMemory.residentBytes("Name:\tkworker\n"));
    }
}
