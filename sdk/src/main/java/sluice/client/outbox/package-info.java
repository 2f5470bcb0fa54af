/**
 * Records that are sent if, and only if, the application's own database transaction commits.
 *
 * <p>Owns: the outbox's tables, who relays which rows, and the sequence under which each row is
 * sent. Must not own: connections to gateways, the batch format, the application's transactions.
 * May depend on: JDBC, the rest of the SDK. Never folded: who needs no database does not load it.
 */
@NullMarked
package sluice.client.outbox;

import org.jspecify.annotations.NullMarked;
