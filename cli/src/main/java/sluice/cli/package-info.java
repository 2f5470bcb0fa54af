/**
 * The command line: topics, produce, consume, groups, cluster; {@link sluice.cli.Main} is its front
 * door.
 *
 * <p>Owns: commands, options, exit codes, what a person reads. Must not own: anything a gateway
 * decides; it speaks to gateways by HTTP alone. May depend on: {@code log} for record batches,
 * {@code sdk}, picocli, Jackson's streaming core. Fold its HTTP side into the SDK once that has
 * every call which a command makes.
 */
@NullMarked
package sluice.cli;

import org.jspecify.annotations.NullMarked;
