/** One owner thread for each state: lanes, timers, and work done away from a lane. */
@NullMarked
package sluice.log.lane;

import org.jspecify.annotations.NullMarked;
