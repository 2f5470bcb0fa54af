package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What a {@link WalMachine} asks of the world, in the order it asks. No method may call the
 * machine: what comes of it is told later, from the lane.
 */
public interface WalOutput {
    /** Sends a frame to a member; false if that cannot be: the member is lost. */
    boolean send(UUID member, ByteBuffer... frame);

    /**
     * The next batch in order is on the disks of all members, and will stay where it is.
     *
     * @param position of the entry in the current segment, in bytes
     */
    void entryCommitted(long sequence, int segment, long position, int bytes);

    /** All entries below are on the disks of all members; called after each of them. */
    void committed(long hwm);

    /** All entries below are on the owner's disk. */
    void ownerDurable(long end);

    /** All entries below are on this member's disk; called before what follows from it. */
    void memberDurable(UUID member, long end);

    /**
     * The machine rolled: the metadata must now say {old SEALED at end, next OPEN at end, a new one
     * PREPARED}, in one write. Until {@link WalMachine#prepared} is called, there is no further
     * roll.
     */
    void rolled(int oldIndex, int nextIndex, long end);

    /** A member said that a recoverer closed this wal: nothing may be acknowledged any more. */
    void fenced();
}
