package sluice.bench.groups;

import java.nio.file.Path;
import sluice.bench.churn.ChurnShape;

/**
 * What to measure, on what.
 *
 * @param root of the installation
 * @param kafka folder of the brokers' jars
 * @param data for all that is written; deleted in the end
 */
record GroupsSettings(Path root, Path kafka, Path data, ChurnShape shape, String heap) {}
