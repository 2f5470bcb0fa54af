/** The way out: every partition read side by side, printed in order within each. */
@NullMarked
package sluice.cli.consume;

import org.jspecify.annotations.NullMarked;
