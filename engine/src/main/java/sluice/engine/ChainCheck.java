package sluice.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.wal.Fenced;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.WalEntry;
import sluice.metadata.WalRecord.Segment;

/**
 * Compares a copy, as it is read, with what else is known of its chain (I17): the hash with which
 * the next segment was begun, and where other members' copies of the same segment end.
 *
 * <p>The next segment is the judge. A copy that disagrees with it is not used. A copy that agrees
 * with it is right, whatever another copy says. Without a judge two copies that differ are a
 * contradiction that nobody resolves by choosing.
 */
final class ChainCheck implements SegmentCopy.EntryVisitor {

    private static final Logger LOG = LoggerFactory.getLogger(ChainCheck.class);

    /** Code of the error by which nobody may pass. */
    static final String DIFFER = "wal-copies-differ";

    /** The chain hash before entry {@code at}, as somebody knows it. */
    private record Witness(long at, long hash, String who, boolean isJudge) {}

    private final Segment segment;
    private final UUID member;
    private final SegmentCopy.EntryVisitor then;
    private final List<Witness> witnesses = new ArrayList<>();
    private final List<Witness> against = new ArrayList<>();
    private boolean isConfirmed;

    /**
     * @param member whose copy is read
     * @param next the segment after it, if a copy of that is known
     * @param then sees the entries too
     */
    ChainCheck(
            Segment segment,
            UUID member,
            FencedCopies copies,
            Optional<Fenced.Held> next,
            SegmentCopy.EntryVisitor then) {
        this.segment = segment;
        this.member = member;
        this.then = then;
        next.ifPresent(held ->
                witnesses.add(
                        new Witness(held.start(), held.startHash(), "the next segment", true)));
        copies.said(segment)
                .forEach((other, said) -> {
                    if (!other.equals(member) && said instanceof Fenced.Held held) {
                        witnesses.add(
                                new Witness(held.end(), held.endHash(), "member " + other, false));
                    }
                });
    }

    @Override
    public void entry(ByteBuffer source, int at, long position) {
        then.entry(source, at, position);
        long end = WalEntry.sequence(source, at) + 1;
        for (Witness witness : witnesses) {
            if (witness.at() == end) {
                if (witness.hash() != WalEntry.hashOf(source, at)) {
                    against.add(witness);
                } else if (witness.isJudge()) {
                    isConfirmed = true;
                }
            }
        }
    }

    /**
     * Called when all is read.
     *
     * @throws SluiceException DATA: {@code corrupt-entry} if the copy must not be used, {@link
     *     #DIFFER} if nobody can say which copy is right
     */
    void finish() {
        for (Witness witness : against) {
            String what =
                    "the copy of segment %d of member %s and %s have different entries before entry %d"
                            .formatted(segment.index(), member, witness.who(), witness.at());
            if (witness.isJudge()) {
                throw new SluiceException(
                        SluiceException.Kind.DATA,
                        "corrupt-entry",
                        what + "; use another member's copy");
            }
            if (!isConfirmed) {
                throw new SluiceException(
                        SluiceException.Kind.DATA,
                        DIFFER,
                        what
                                + "; nothing says which is right: wait for another member, or see force-seal");
            }
            LOG.atError()
                    .addKeyValue("segment", segment.index())
                    .addKeyValue("readFrom", member)
                    .addKeyValue("damaged", witness.who())
                    .log("a copy of a wal segment is not the log; its disk must not be trusted");
        }
    }
}
