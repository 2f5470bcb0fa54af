/** The bytes of calls, under test. */
@NullMarked
package sluice.engine.peer;

import org.jspecify.annotations.NullMarked;
