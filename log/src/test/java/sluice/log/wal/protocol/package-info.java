/** A whole wal in memory, from a seed: owner, members, recoverers, and what may go wrong. */
@NullMarked
package sluice.log.wal.protocol;

import org.jspecify.annotations.NullMarked;
