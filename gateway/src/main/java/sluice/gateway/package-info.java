/**
 * The process and its HTTP: from bytes on a socket to calls of the {@link sluice.engine.Engine},
 * and back.
 *
 * <p>Owns: the HTTP API and its limits, JSON for users, problem answers, configuration, health,
 * metrics of the HTTP layer, the start of the process. Must not own: slots, wal, metadata, or any
 * promise about records; those are the engine's. May depend on: everything below it, and Quarkus,
 * which only this module (and the CLI's tooling) knows. Never folded away.
 */
@NullMarked
package sluice.gateway;

import org.jspecify.annotations.NullMarked;
