/** What several benchmarks need to tell what they measured: spreads, pictures, a place for both. */
@NullMarked
package sluice.bench.report;

import org.jspecify.annotations.NullMarked;
