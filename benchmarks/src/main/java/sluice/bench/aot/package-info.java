/**
 * The ahead-of-time cache of a gateway: what the JVM loads, links and profiles at every start, done
 * once.
 *
 * <p>Owns: the run that trains it. Must not own: where gateways take it from, which is the
 * launcher's and the image's. May depend on: clusters, the load generator. Never folded: it is
 * needed where nothing is measured.
 */
@NullMarked
package sluice.bench.aot;

import org.jspecify.annotations.NullMarked;
