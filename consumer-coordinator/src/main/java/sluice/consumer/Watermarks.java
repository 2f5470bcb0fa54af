package sluice.consumer;

/**
 * Between which offsets a partition can be read.
 *
 * @param logStart first offset that is kept
 * @param highWatermark offset after the last that is visible
 */
public record Watermarks(long logStart, long highWatermark) {}
