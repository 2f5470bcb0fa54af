/** Tests of the rules of matching. */
@NullMarked
package sluice.engine.exchange;

import org.jspecify.annotations.NullMarked;
