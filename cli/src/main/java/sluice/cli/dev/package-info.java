/**
 * A whole cluster on one machine: gateways and local stores as child processes.
 *
 * <p>Owns: the data folder, ports, start, readiness and end of the children. Must not own: what
 * gateways do. May depend on: log (for its errors), picocli. The stores themselves are only ever
 * started as processes, never linked.
 */
@NullMarked
package sluice.cli.dev;

import org.jspecify.annotations.NullMarked;
