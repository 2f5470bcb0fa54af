/** Groups as clients meet them, by HTTP and by WebSocket. */
@NullMarked
package sluice.gateway.group;

import org.jspecify.annotations.NullMarked;
