/**
 * Where a record that is published to an exchange goes: bindings, compiled to be matched.
 *
 * <p>Owns: the rules of matching. Must not own: clocks, threads, stores, records' bytes. May depend
 * on: metadata's records, log. Never folded away: the rules are tested without an engine.
 */
@NullMarked
package sluice.engine.exchange;

import org.jspecify.annotations.NullMarked;
