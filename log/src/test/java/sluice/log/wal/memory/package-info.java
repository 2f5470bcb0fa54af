@NullMarked
package sluice.log.wal.memory;

import org.jspecify.annotations.NullMarked;
