/** What many partitions cost that nobody writes to: memory, writes to tables, time of failover. */
@NullMarked
package sluice.bench.scale;

import org.jspecify.annotations.NullMarked;
