/**
 * What a caller is told when something went wrong: RFC 9457 problems, one place for all statuses.
 */
@NullMarked
package sluice.gateway.problem;

import org.jspecify.annotations.NullMarked;
