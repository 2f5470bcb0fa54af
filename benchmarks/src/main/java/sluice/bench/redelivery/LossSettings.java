package sluice.bench.redelivery;

import java.nio.file.Path;

/**
 * What to measure, on what.
 *
 * @param root of the installation
 * @param data folder for everything that is written; deleted at the end
 */
record LossSettings(Path root, Path data, LossKind kind, int runs, String heap) {}
