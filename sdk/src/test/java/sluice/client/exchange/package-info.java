/** Tests of exchanges, against gateways that answer from a list. */
@NullMarked
package sluice.client.exchange;

import org.jspecify.annotations.NullMarked;
