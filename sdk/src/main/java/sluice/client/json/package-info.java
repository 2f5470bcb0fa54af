/** JSON in and out, over Jackson's streaming core. */
@NullMarked
package sluice.client.json;

import org.jspecify.annotations.NullMarked;
