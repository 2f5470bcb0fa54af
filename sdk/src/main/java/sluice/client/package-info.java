/**
 * The SDK for Java: {@link sluice.client.Sluice#connect} is its front door.
 *
 * <p>Owns: how an application writes to Sluice, reads from it and administers it, over HTTP and
 * WebSocket, on Java 17 or newer. Must not own: anything a gateway decides; nothing of the server's
 * code, whose formats it reads and writes by {@code docs/formats}. May depend on: java.base,
 * java.net.http, java.sql, Jackson's streaming core, SLF4J; compression libraries where an
 * application brings them. Never folded away: applications depend on it by name.
 *
 * <p>What applications use is here, in {@code record}, {@code error}, {@code produce}, {@code
 * exchange}, {@code admin} and the packages of readers; {@code http}, {@code json}, {@code link},
 * {@code batch} and {@code time} are parts of the SDK alone, and may change with every release.
 */
@NullMarked
package sluice.client;

import org.jspecify.annotations.NullMarked;
