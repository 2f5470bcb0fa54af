/**
 * How long the partitions of a consumer group pause when its members come, go, die and fall silent.
 */
@NullMarked
package sluice.bench.groups;

import org.jspecify.annotations.NullMarked;
