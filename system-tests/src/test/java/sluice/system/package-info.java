/**
 * The whole system as its users start it: processes, real stores, HTTP.
 *
 * <p>Owns: tests of what only shows when everything runs. Must not own: a test that one module can
 * do. May depend on: the JDK alone; the other modules are started, not linked. Never folded away.
 */
@NullMarked
package sluice.system;

import org.jspecify.annotations.NullMarked;
