/** The simulated cluster at work: behaviours of a cluster that no module has alone. */
@NullMarked
package sluice.simulation;

import org.jspecify.annotations.NullMarked;
