/** A gateway in memory that speaks the protocol over real HTTP, and fails when it is told to. */
@NullMarked
package sluice.cli.twin;

import org.jspecify.annotations.NullMarked;
