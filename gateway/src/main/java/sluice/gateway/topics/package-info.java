/** Topics as users see them: created, described, changed, deleted, listed. */
@NullMarked
package sluice.gateway.topics;

import org.jspecify.annotations.NullMarked;
