/** Records on their way out: a position becomes a fetch, batches become JSON or stay bytes. */
@NullMarked
package sluice.gateway.consume;

import org.jspecify.annotations.NullMarked;
