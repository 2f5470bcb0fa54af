package sluice.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What memory a process has, as Linux counts it in {@code /proc}. */
public final class ProcessMemory {

    private static final String RESIDENT = "VmRSS:";

    private ProcessMemory() {}

    /** Bytes of it that are in memory now; 0 where that cannot be told. */
    public static long residentBytes(long pid) {
        try {
            return residentBytes(Files.readString(Path.of("/proc", "" + pid, "status")));
        } catch (IOException e) {
            return 0;
        }
    }

    /** Of the text of a {@code /proc/PID/status}, where sizes are in kB of 1,024 bytes. */
    static long residentBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith(RESIDENT))
                .map(line -> line.substring(RESIDENT.length()).replace("kB", "").strip())
                .mapToLong(number -> Long.parseLong(number) << 10)
                .findFirst()
                .orElse(0);
    }
}
