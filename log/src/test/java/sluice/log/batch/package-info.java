/** Tests of record batches, with Kafka's own classes as the second opinion. */
@NullMarked
package sluice.log.batch;

import org.jspecify.annotations.NullMarked;
