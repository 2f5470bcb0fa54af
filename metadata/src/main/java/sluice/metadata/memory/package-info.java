/** The tables in memory, for tests and the simulator, with faults at any call. */
@NullMarked
package sluice.metadata.memory;

import org.jspecify.annotations.NullMarked;
