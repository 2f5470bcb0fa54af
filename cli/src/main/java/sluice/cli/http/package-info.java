/** Calls to gateways: one call is repeated, here or at the next gateway, until its end is known. */
@NullMarked
package sluice.cli.http;

import org.jspecify.annotations.NullMarked;
