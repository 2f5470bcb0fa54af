/** The cluster as this gateway sees it, and whether this gateway can serve. */
@NullMarked
package sluice.gateway.cluster;

import org.jspecify.annotations.NullMarked;
