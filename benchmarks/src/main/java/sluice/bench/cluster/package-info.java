/**
 * A cluster of real processes on this machine, each to be started, killed, stopped and wiped by
 * itself.
 */
@NullMarked
package sluice.bench.cluster;

import org.jspecify.annotations.NullMarked;
