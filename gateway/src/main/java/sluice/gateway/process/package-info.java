/** How a process becomes a gateway: stores, disk, links and engine, opened and closed in order. */
@NullMarked
package sluice.gateway.process;

import org.jspecify.annotations.NullMarked;
