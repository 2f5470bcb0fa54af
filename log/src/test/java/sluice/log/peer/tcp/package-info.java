@NullMarked
package sluice.log.peer.tcp;

import org.jspecify.annotations.NullMarked;
