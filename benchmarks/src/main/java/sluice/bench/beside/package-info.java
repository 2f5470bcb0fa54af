/**
 * The same work on several systems, one after the other in one run, and their figures side by side:
 * how it is done and how it is told, whatever the work is.
 */
@NullMarked
package sluice.bench.beside;

import org.jspecify.annotations.NullMarked;
