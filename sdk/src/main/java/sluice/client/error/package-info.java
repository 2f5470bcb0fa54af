/** What can go wrong, told by what the caller does next. */
@NullMarked
package sluice.client.error;

import org.jspecify.annotations.NullMarked;
