@NullMarked
package sluice.log.peer.memory;

import org.jspecify.annotations.NullMarked;
