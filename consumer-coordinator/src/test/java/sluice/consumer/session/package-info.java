/** What a member's session keeps to, in virtual time. */
@NullMarked
package sluice.consumer.session;

import org.jspecify.annotations.NullMarked;
