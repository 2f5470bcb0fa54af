/**
 * Measurements of whole clusters, and the means to make them: real processes that are started,
 * killed, stopped and cut off from each other, under a load that remembers what it was told.
 *
 * <p>Owns: the processes of a cluster under test, the faults done to them, load, measurements and
 * their reports. Must not own: anything that ships with Sluice, and no verdict on a measurement:
 * tests assert, benchmarks tell. May depend on: {@code cli} for how {@code dev} starts its
 * children, {@code log} for record batches, {@code sdk} as one of the clients that are measured,
 * picocli; the inner pieces also on what they measure, and JMH. Fold the processes into the system
 * tests if the benchmarks ever stop using them.
 */
@NullMarked
package sluice.bench;

import org.jspecify.annotations.NullMarked;
