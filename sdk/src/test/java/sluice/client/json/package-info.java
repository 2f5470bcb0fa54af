/** Tests of JSON that comes from outside. */
@NullMarked
package sluice.client.json;

import org.jspecify.annotations.NullMarked;
