/**
 * Links between simulated gateways: one thread, delays by chance, links cut and reset at will.
 *
 * <p>Owns: what a network does to frames. Must not own: time, which comes from a scheduler. The
 * front door is {@link sluice.log.peer.memory.MemoryNetwork}.
 */
@NullMarked
package sluice.log.peer.memory;

import org.jspecify.annotations.NullMarked;
