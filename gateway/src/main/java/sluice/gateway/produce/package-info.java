/** Records on their way in: JSON and binary bodies become batches, appends become answers. */
@NullMarked
package sluice.gateway.produce;

import org.jspecify.annotations.NullMarked;
