/**
 * A client for gateways that costs little processor time of its own: plain HTTP/1.1 over blocking
 * sockets, batches straight to the gateways that own their slots.
 */
@NullMarked
package sluice.bench.wire;

import org.jspecify.annotations.NullMarked;
