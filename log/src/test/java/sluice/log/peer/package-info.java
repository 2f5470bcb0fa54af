@NullMarked
package sluice.log.peer;

import org.jspecify.annotations.NullMarked;
