/** What a client of any system can be asked to do, and what it tells. */
@NullMarked
package sluice.bench.client;

import org.jspecify.annotations.NullMarked;
