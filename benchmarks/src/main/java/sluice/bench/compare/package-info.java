/**
 * The same work on several systems, one after the other in one run, and their figures side by side.
 */
@NullMarked
package sluice.bench.compare;

import org.jspecify.annotations.NullMarked;
