/**
 * Wal segments as files on a disk.
 *
 * <p>Owns: the layout of a gateway's disk folder, its superblock, fence files, file handles, sync
 * threads. Must not own: what is in a segment. The front door is {@link
 * sluice.log.wal.disk.FileWalDisk}.
 */
@NullMarked
package sluice.log.wal.disk;

import org.jspecify.annotations.NullMarked;
