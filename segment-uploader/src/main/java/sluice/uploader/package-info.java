/**
 * From sealed wal segments to objects, and from objects back to readers.
 *
 * <p>Owns: the object store port, the layout of segment objects and slot checkpoints, the commit
 * lane, reading history. Must not own: who owns a slot, HTTP, the wal protocol. May depend on: log,
 * metadata; the AWS SDK in {@code s3} alone. Fold into {@code engine} if nothing but the engine
 * reads history.
 */
@NullMarked
package sluice.uploader;

import org.jspecify.annotations.NullMarked;
