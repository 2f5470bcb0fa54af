/** Exchanges and their bindings as users see them: made, bound, described, deleted, listed. */
@NullMarked
package sluice.gateway.exchange;

import org.jspecify.annotations.NullMarked;
