/** An engine in memory, for tests of what stands before it. */
@NullMarked
package sluice.gateway.twin;

import org.jspecify.annotations.NullMarked;
