package sluice.bench.client;

/**
 * How messages of a queue are worked on, the same for all systems.
 *
 * @param consumers side by side
 * @param prefetch messages that one consumer has at a time
 * @param together messages that one request acknowledges; 1: each its own
 */
public record WorkShape(int consumers, int prefetch, int together) {}
