/**
 * A disk in memory that can be cut from power, filled, damaged and swapped.
 *
 * <p>Owns: the difference between bytes written and bytes durable, and the faults of disks. Must
 * not own: time; when a sync ends is decided by the executor it is given.
 */
@NullMarked
package sluice.log.wal.memory;

import org.jspecify.annotations.NullMarked;
