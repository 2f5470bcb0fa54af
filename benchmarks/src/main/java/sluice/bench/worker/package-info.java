/** A process of a queue's consumers, for benchmarks that do something to it. */
@NullMarked
package sluice.bench.worker;

import org.jspecify.annotations.NullMarked;
