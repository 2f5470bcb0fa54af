/** An object store in memory, with faults on request: the twin of {@code s3}. */
@NullMarked
package sluice.uploader.memory;

import org.jspecify.annotations.NullMarked;
