/**
 * A small application on Quarkus that writes to Sluice and reads from it; {@code docs/quarkus.md}
 * explains it.
 *
 * <p>Owns: an example. Must not own: anything that another module uses. May depend on: the SDK,
 * Quarkus. Fold away if the SDK gets an extension for Quarkus with an example of its own.
 */
@NullMarked
package sluice.examples.quarkus;

import org.jspecify.annotations.NullMarked;
