/** The engine under test: production classes on one thread, in virtual time. */
@NullMarked
package sluice.engine;

import org.jspecify.annotations.NullMarked;
