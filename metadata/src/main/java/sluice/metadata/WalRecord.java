package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the cluster knows of one wal: whose it is, whether it may still acknowledge, its chain of
 * segments, and the objects made of them that no slot checkpoint covers yet.
 *
 * <p>Positions in a wal are entry sequence numbers, counted from 0 over all its segments.
 *
 * <pre>
 *   OPEN ──(a recoverer, epoch + 1)──▶ FENCING ──▶ SEALED ──▶ RELEASED
 *     └───────(its owner, drained)─────────────────▲
 * </pre>
 *
 * @param wal id of the process's wal
 * @param node disk of the owner
 * @param epoch 1 when created; each recoverer that starts or takes over adds one
 * @param chain segments not yet uploaded, oldest first; at most one OPEN and one PREPARED, last
 * @param uploadedEnd all entries below are in committed objects
 * @param objects committed objects not yet folded into every slot's checkpoint, in wal order
 * @param foldedEnd all entries below are covered by slot checkpoints
 * @param loss what was given up by an operator who sealed the wal by force
 */
public record WalRecord(
        UUID wal,
        UUID node,
        State state,
        long epoch,
        List<Segment> chain,
        long uploadedEnd,
        List<WalObject> objects,
        long foldedEnd,
        Optional<UUID> recoverer,
        Optional<Loss> loss) {

    /** The states' names are stored: add, never rename. */
    public enum State {
        OPEN,
        FENCING,
        SEALED,
        RELEASED
    }

    /** The states' names are stored: add, never rename. */
    public enum SegmentState {
        OPEN,
        PREPARED,
        SEALED
    }

    /**
     * @param index position in the chain for ever
     * @param members disks that hold a copy
     * @param start first entry; −1 while PREPARED
     * @param end entry after the last; −1 until SEALED
     */
    public record Segment(int index, SegmentState state, List<UUID> members, long start, long end) {
        public Segment {
            members = List.copyOf(members);
        }
    }

    /**
     * A committed object.
     *
     * @param key in the bucket
     * @param segment index of the wal segment it was made of
     * @param fromEntry first entry of the segment
     * @param toEntry entry after the segment's last
     * @param lengthBytes of the whole object
     * @param footerAt index of the footer's first byte
     * @param footerCrc CRC-32C of the bytes from {@code footerAt} to the end
     * @param appendedFromMs wall clock of the owner at its first entry
     */
    public record WalObject(
            String key,
            int segment,
            long fromEntry,
            long toEntry,
            long lengthBytes,
            long footerAt,
            int footerCrc,
            long appendedFromMs) {}

    /**
     * What is known of the entries that were given up.
     *
     * @param by gateway that was asked to
     * @param reason as the operator gave it
     * @param atMs its wall clock
     * @param end of the wal as it was sealed
     * @param committedEnd all entries below are known to have been committed, {@code end} at least;
     *     nobody knows whether there were more
     * @param silent members of segments not in objects that did not tell what they hold
     */
    public record Loss(
            UUID by, String reason, long atMs, long end, long committedEnd, List<UUID> silent) {
        public Loss {
            silent = List.copyOf(silent);
        }
    }

    public WalRecord {
        chain = List.copyOf(chain);
        objects = List.copyOf(objects);
    }

    /** Of a wal of which nothing was given up. */
    public WalRecord(
            UUID wal,
            UUID node,
            State state,
            long epoch,
            List<Segment> chain,
            long uploadedEnd,
            List<WalObject> objects,
            long foldedEnd,
            Optional<UUID> recoverer) {
        this(
                wal,
                node,
                state,
                epoch,
                chain,
                uploadedEnd,
                objects,
                foldedEnd,
                recoverer,
                Optional.empty());
    }

    public WalRecord withState(State next) {
        return new WalRecord(
                wal, node, next, epoch, chain, uploadedEnd, objects, foldedEnd, recoverer, loss);
    }

    /** The next epoch, which is this recoverer's. */
    public WalRecord claimedBy(UUID next) {
        return new WalRecord(
                wal,
                node,
                State.FENCING,
                epoch + 1,
                chain,
                uploadedEnd,
                objects,
                foldedEnd,
                Optional.of(next),
                loss);
    }

    public WalRecord withChain(List<Segment> next) {
        return new WalRecord(
                wal, node, state, epoch, next, uploadedEnd, objects, foldedEnd, recoverer, loss);
    }

    public WalRecord withUploaded(long end, List<WalObject> next) {
        return new WalRecord(wal, node, state, epoch, chain, end, next, foldedEnd, recoverer, loss);
    }

    public WalRecord withFolded(long end, List<WalObject> left) {
        return new WalRecord(
                wal, node, state, epoch, chain, uploadedEnd, left, end, recoverer, loss);
    }

    public WalRecord withLoss(Loss next) {
        return new WalRecord(
                wal,
                node,
                state,
                epoch,
                chain,
                uploadedEnd,
                objects,
                foldedEnd,
                recoverer,
                Optional.of(next));
    }
}
