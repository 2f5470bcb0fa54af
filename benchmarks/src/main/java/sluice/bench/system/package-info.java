/**
 * The systems that are compared: each is started, asked and stopped by the same few calls, with its
 * own Java client.
 */
@NullMarked
package sluice.bench.system;

import org.jspecify.annotations.NullMarked;
