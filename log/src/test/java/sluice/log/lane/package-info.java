@NullMarked
package sluice.log.lane;

import org.jspecify.annotations.NullMarked;
