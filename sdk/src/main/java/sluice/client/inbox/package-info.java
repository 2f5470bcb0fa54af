/**
 * Messages whose effect on a database happens once, though they may come more than once.
 *
 * <p>Owns: the table of ids that were handled. Must not own: the handler's transaction, the way
 * messages come. May depend on: JDBC, the SDK's records. Never folded: who needs no database does
 * not load it.
 */
@NullMarked
package sluice.client.inbox;

import org.jspecify.annotations.NullMarked;
