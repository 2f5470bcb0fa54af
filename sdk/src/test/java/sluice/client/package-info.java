/** Tests of the SDK as a whole. */
@NullMarked
package sluice.client;

import org.jspecify.annotations.NullMarked;
