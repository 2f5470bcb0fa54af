/** The way in: lines become records, records batches, batches requests, in order, exactly once. */
@NullMarked
package sluice.cli.produce;

import org.jspecify.annotations.NullMarked;
