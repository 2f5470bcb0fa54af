/**
 * The inner pieces of a gateway alone, by JMH, without network, disk or other threads. May look
 * inside modules that the rest of the benchmarks sees from outside.
 */
@NullMarked
package sluice.bench.inner;

import org.jspecify.annotations.NullMarked;
