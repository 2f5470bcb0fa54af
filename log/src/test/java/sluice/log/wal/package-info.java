@NullMarked
package sluice.log.wal;

import org.jspecify.annotations.NullMarked;
