package sluice.bench.system;

/**
 * A process of a system.
 *
 * @param isNode false for a store that every such system would have from elsewhere: its processor
 *     time is told apart
 */
public record SystemProcess(String name, long pid, boolean isNode) {}
