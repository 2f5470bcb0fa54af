/** The write-ahead log of one gateway process: entries, segments, members, owner. */
@NullMarked
package sluice.log.wal;

import org.jspecify.annotations.NullMarked;
