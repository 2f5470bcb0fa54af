/** Tests of calls to gateways, in virtual time. */
@NullMarked
package sluice.client.http;

import org.jspecify.annotations.NullMarked;
