/** What is let in and how much of it at a time: bodies, bytes in flight, waiting polls. */
@NullMarked
package sluice.gateway.admission;

import org.jspecify.annotations.NullMarked;
