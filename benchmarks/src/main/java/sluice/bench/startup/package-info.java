/**
 * How soon a gateway serves after its start, and how much memory it takes while it does nothing.
 */
@NullMarked
package sluice.bench.startup;

import org.jspecify.annotations.NullMarked;
