/** The port between gateways: ordered frames over persistent links. */
@NullMarked
package sluice.log.peer;

import org.jspecify.annotations.NullMarked;
