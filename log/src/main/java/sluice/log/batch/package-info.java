/** Record batches in Kafka's RecordBatch v2 layout: checked, built and read. */
@NullMarked
package sluice.log.batch;

import org.jspecify.annotations.NullMarked;
