/**
 * How records reach readers: where a reader stands, and from where its next records come.
 *
 * <p>Owns: positions (earliest, latest, offset, timestamp), the choice between tail and history,
 * and the wait of a long poll. Must not own: the tail and the history themselves, which come in as
 * ports; HTTP; slots. May depend on: log, metadata. Never folded: consumer groups live here.
 */
@NullMarked
package sluice.consumer;

import org.jspecify.annotations.NullMarked;
