/**
 * Consumer groups through HTTP and WebSocket: settings, members, offsets, and the streams of
 * records.
 */
@NullMarked
package sluice.gateway.group;

import org.jspecify.annotations.NullMarked;
