/** What gateways ask of each other on the CALL link: requests, replies, and their bytes. */
@NullMarked
package sluice.engine.peer;

import org.jspecify.annotations.NullMarked;
