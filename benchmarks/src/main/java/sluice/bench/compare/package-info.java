/**
 * What is done with topics by each of several systems: writes, reads, many partitions, many
 * writers.
 */
@NullMarked
package sluice.bench.compare;

import org.jspecify.annotations.NullMarked;
