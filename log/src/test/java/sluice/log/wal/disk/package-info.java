@NullMarked
package sluice.log.wal.disk;

import org.jspecify.annotations.NullMarked;
