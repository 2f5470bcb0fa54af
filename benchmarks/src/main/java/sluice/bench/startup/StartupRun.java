package sluice.bench.startup;

/**
 * One start.
 *
 * @param number from 1
 * @param readySeconds from the start of the process to the first answer that it is ready
 * @param residentMib memory of the process after it did nothing for a while
 * @param cpuSeconds processor time that it had taken when it was ready
 */
record StartupRun(
        StartKind kind, int number, double readySeconds, double residentMib, double cpuSeconds) {}
