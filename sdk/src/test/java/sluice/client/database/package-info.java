/** Databases for the tests of outbox and inbox. */
@NullMarked
package sluice.client.database;

import org.jspecify.annotations.NullMarked;
