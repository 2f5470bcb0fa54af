/** Time as the SDK uses it: read and waited for through ports, so that tests have their own. */
@NullMarked
package sluice.client.time;

import org.jspecify.annotations.NullMarked;
