/** Exchanges through HTTP. */
@NullMarked
package sluice.gateway.exchange;

import org.jspecify.annotations.NullMarked;
