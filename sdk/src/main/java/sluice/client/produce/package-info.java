/**
 * Writing: {@link sluice.client.produce.Producer} gathers records into batches and brings them to
 * the gateways that own their partitions, in order and once.
 */
@NullMarked
package sluice.client.produce;

import org.jspecify.annotations.NullMarked;
