/**
 * Calls to gateways over HTTP: one call is repeated, here or at the next gateway, until its end is
 * known or its time is over.
 */
@NullMarked
package sluice.client.http;

import org.jspecify.annotations.NullMarked;
