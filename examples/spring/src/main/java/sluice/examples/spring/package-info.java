/**
 * A small application on Spring Boot that writes to Sluice and reads from it; {@code
 * docs/spring.md} explains it.
 *
 * <p>Owns: an example. Must not own: anything that another module uses. May depend on: the SDK,
 * Spring. Fold away if the SDK gets a starter for Spring with an example of its own.
 */
@NullMarked
package sluice.examples.spring;

import org.jspecify.annotations.NullMarked;
