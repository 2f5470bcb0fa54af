/**
 * A member of a consumer group as a process of its own, so that it can be killed and stopped: it
 * does as its input says, reads by its system's own client, and prints all that it does.
 */
@NullMarked
package sluice.bench.member;

import org.jspecify.annotations.NullMarked;
