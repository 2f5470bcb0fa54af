/** Tests of record batches, with the server's classes and Kafka's as the second opinion. */
@NullMarked
package sluice.client.batch;

import org.jspecify.annotations.NullMarked;
