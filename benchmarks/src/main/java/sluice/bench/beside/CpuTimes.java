package sluice.bench.beside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import sluice.bench.system.SystemProcess;

/**
 * Processor time in seconds since each process began, as Linux counts it in {@code /proc}, to a
 * hundredth.
 *
 * @param nodes of the system's own processes and their children
 * @param stores of what it stores to
 * @param client of this process
 */
public record CpuTimes(double nodes, double stores, double client) {

    /** Ticks a second: what every Linux tells user space. */
    private static final double TICKS = 100;

    /** Fields of {@code /proc/PID/stat} behind the name, which may hold blanks and ends with ). */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    public static CpuTimes now(List<SystemProcess> processes) {
        return new CpuTimes(
                processes.stream().filter(SystemProcess::isNode).mapToDouble(CpuTimes::tree).sum(),
                processes.stream().filter(each -> !each.isNode()).mapToDouble(CpuTimes::tree).sum(),
                of(ProcessHandle.current()));
    }

    public CpuTimes since(CpuTimes earlier) {
        return new CpuTimes(
                nodes - earlier.nodes, stores - earlier.stores, client - earlier.client);
    }

    private static double tree(SystemProcess process) {
        return ProcessHandle.of(process.pid()).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .mapToDouble(CpuTimes::of)
                .sum();
    }

    private static double of(ProcessHandle process) {
        try {
            var stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
            return ticks / TICKS;
        } catch (IOException e) {
            return 0; // It ended.
        }
    }
}
