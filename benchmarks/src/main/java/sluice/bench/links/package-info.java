/**
 * The TCP links between gateways, which can be cut, delayed, throttled and reset by pair and
 * direction.
 */
@NullMarked
package sluice.bench.links;

import org.jspecify.annotations.NullMarked;
