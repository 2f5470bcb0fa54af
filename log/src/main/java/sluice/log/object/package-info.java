/** The layout of segment objects: what an uploaded wal segment looks like in the bucket. */
@NullMarked
package sluice.log.object;

import org.jspecify.annotations.NullMarked;
