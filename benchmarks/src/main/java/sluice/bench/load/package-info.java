/** Load that remembers each outcome, and the comparison of what was told with what is there. */
@NullMarked
package sluice.bench.load;

import org.jspecify.annotations.NullMarked;
