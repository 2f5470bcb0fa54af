/**
 * What must hold in every module, checked on their sources and class files.
 *
 * <p>Owns: the direction of dependencies, what the core must not know, names, sizes, the form of
 * tracked files. Must not own: a test of what any class does. May depend on: ArchUnit; it reads the
 * other modules as files. Never folded away: it must come after all it checks.
 */
@NullMarked
package sluice.rules;

import org.jspecify.annotations.NullMarked;
