/** How long writes pause when a gateway dies, hangs, joins or leaves. */
@NullMarked
package sluice.bench.failover;

import org.jspecify.annotations.NullMarked;
