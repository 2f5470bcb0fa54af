/** How long messages of a queue stay away when who has them, or a gateway, is lost. */
@NullMarked
package sluice.bench.redelivery;

import org.jspecify.annotations.NullMarked;
