/**
 * The protocol of wal, roll, fence, seal, trim and hand-off as a model that is explored completely:
 * every order of steps, every fault at every step, within small bounds.
 *
 * <p>Owns: the model's states, steps and promises, the rules that can be left out, the
 * breadth-first search. Must not own: production code, or a random run; the simulator has those.
 * May depend on: java.base. Fold into {@code simulation} if that ever explores all interleavings
 * itself.
 */
@NullMarked
package sluice.model;

import org.jspecify.annotations.NullMarked;
