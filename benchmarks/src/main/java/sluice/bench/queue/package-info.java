/** What is done with a queue by each of several systems: messages sent, worked on, acknowledged. */
@NullMarked
package sluice.bench.queue;

import org.jspecify.annotations.NullMarked;
