/** The SDK against a gateway, over HTTP. */
@NullMarked
package sluice.gateway.sdk;

import org.jspecify.annotations.NullMarked;
