/**
 * The options that several benchmarks have. A default that differs is given by the benchmark. Owns:
 * their words and checks. Must not own: what one benchmark alone asks for.
 */
@NullMarked
package sluice.bench.options;

import org.jspecify.annotations.NullMarked;
