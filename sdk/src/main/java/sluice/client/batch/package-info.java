/**
 * Record batches in Kafka's RecordBatch v2 layout, as {@code docs/formats/record-batch.md} has it:
 * built, compressed and read.
 */
@NullMarked
package sluice.client.batch;

import org.jspecify.annotations.NullMarked;
