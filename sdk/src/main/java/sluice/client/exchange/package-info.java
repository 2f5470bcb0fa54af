/**
 * Exchanges: {@link sluice.client.exchange.Exchanges} makes and binds them, and publishes to them.
 */
@NullMarked
package sluice.client.exchange;

import org.jspecify.annotations.NullMarked;
