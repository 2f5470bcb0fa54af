/**
 * A whole cluster in one thread, one virtual time and one seed: production's classes over disks,
 * stores and a network in memory, which fail as a seed says.
 *
 * <p>Owns: the simulated world and its clients, the faults, the promises that a run checks. Must
 * not own: anything a gateway does; nothing that is shipped depends on it. May depend on: engine
 * and all under it, picocli. Never folded away.
 */
@NullMarked
package sluice.simulation;

import org.jspecify.annotations.NullMarked;
