/** Tests of the producer: its machine in virtual time against scripted gateways. */
@NullMarked
package sluice.client.produce;

import org.jspecify.annotations.NullMarked;
