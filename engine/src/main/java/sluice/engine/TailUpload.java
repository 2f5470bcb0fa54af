package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.SegmentBytes;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;
import sluice.uploader.SegmentPacker.PackedObject;

/**
 * Brings the tail of a dead wal into objects, segment after segment in wal order; the objects of
 * one segment are put side by side, while the next segment is read already.
 *
 * <p>Of the members that hold a segment one after another is tried: one that fails, is slow or has
 * a damaged copy is passed over. Owned by the engine's lane.
 */
final class TailUpload {

    private static final Logger LOG = LoggerFactory.getLogger(TailUpload.class);

    /** Copies in memory at once, unless a single one is larger. */
    private static final long COPIES_BYTES_MAX = 64L << 20;

    /** Told once, on the lane. */
    interface Done {
        /**
         * @param objects in wal order
         */
        void uploaded(List<WalObject> objects);

        void failed(String why);
    }

    private record Attempt(UUID member, long bytes, Duration firstBytesMax) {}

    private static final class Work {
        final RecoveryPlan.Part part;
        final ArrayDeque<Attempt> attempts = new ArrayDeque<>();
        final Set<UUID> unusable = new HashSet<>();
        @Nullable ByteBuffer copy;
        @Nullable UUID copyOf;

        Work(RecoveryPlan.Part part, FenceRound.Answers answers) {
            this.part = part;
            // Nobody may be fast on an overloaded machine: after all were hurried, all may be slow.
            for (Duration max : List.of(CopyReader.FIRST_BYTES_MAX, CopyReader.BYTES_MAX)) {
                for (UUID member : part.readFrom()) {
                    long bytes = answers.held(part.segment(), member).bytes();
                    attempts.add(new Attempt(member, bytes, max));
                }
            }
        }

        long bytes() {
            return attempts.isEmpty() ? 0 : attempts.getFirst().bytes();
        }
    }

    private final Lane lane;
    private final Background background;
    private final CopyReader reader;
    private final ObjectStore objects;
    private final SegmentPacker packer;
    private final WalRecord record;
    private final FencedCopies copies;
    private final Done done;
    private final List<Work> works;
    private final List<WalObject> committed = new ArrayList<>();

    /** Index of the work that is packed and put, and of the first one that is not read. */
    private int uploading;

    private int unread;
    private boolean isPacking;
    private boolean isEnded;

    TailUpload(
            Lane lane,
            Background background,
            CopyReader reader,
            ObjectStore objects,
            SegmentPacker packer,
            WalRecord record,
            RecoveryPlan.Ready plan,
            FenceRound.Answers answers,
            Done done) {
        this.lane = lane;
        this.background = background;
        this.reader = reader;
        this.objects = objects;
        this.packer = packer;
        this.record = record;
        this.copies = new FencedCopies(record, answers.bySegment());
        this.works = plan.parts().stream().map(part -> new Work(part, answers)).toList();
        this.done = done;
    }

    void start() {
        lane.assertOwner();
        advance();
    }

    private void advance() {
        if (isEnded) {
            return;
        }
        if (uploading == works.size()) {
            isEnded = true;
            done.uploaded(List.copyOf(committed));
            return;
        }
        Work first = works.get(uploading);
        if (!isPacking && first.copy != null && first.copyOf != null) {
            isPacking = true;
            pack(first, first.copy, first.copyOf);
        }
        // One is read at a time: the next once the one before it has arrived.
        if (unread < works.size()
                && (unread == uploading || works.get(unread - 1).copy != null)
                && (unread == uploading || bytesHeld() <= COPIES_BYTES_MAX)) {
            read(works.get(unread++));
        }
    }

    /** Bytes of copies that are here, and of the next one to read. */
    private long bytesHeld() {
        long bytes = 0;
        for (Work work : works.subList(uploading, unread + 1)) {
            bytes += work.copy == null ? work.bytes() : work.copy.capacity();
        }
        return bytes;
    }

    private void read(Work work) {
        Attempt attempt = work.attempts.pollFirst();
        while (attempt != null && work.unusable.contains(attempt.member())) {
            attempt = work.attempts.pollFirst();
        }
        if (attempt == null) {
            fail("no member's copy of segment " + work.part.segment() + " could be read");
            return;
        }
        UUID member = attempt.member();
        reader.read(
                segment(work),
                member,
                attempt.bytes(),
                attempt.firstBytesMax(),
                copy -> {
                    if (isEnded) {
                        return;
                    }
                    if (copy.isEmpty()) {
                        LOG.atInfo()
                                .addKeyValue("segment", segment(work))
                                .addKeyValue("member", member)
                                .log("a copy was not read in time; trying another member's");
                        read(work);
                    } else {
                        work.copy = copy.get();
                        work.copyOf = member;
                        advance();
                    }
                });
    }

    private SegmentId segment(Work work) {
        return new SegmentId(record.wal(), work.part.segment());
    }

    private void pack(Work work, ByteBuffer copy, UUID member) {
        long nowMs = lane.wallMs();
        background.run(
                lane,
                () -> packed(work, copy, member, nowMs),
                outcome -> {
                    if (isEnded) {
                        return;
                    }
                    switch (outcome) {
                        case Outcome.Success<List<PackedObject>>(var packed) -> put(work, packed);
                        case Outcome.Failure<List<PackedObject>>(var error)
                                when error.code().equals(ChainCheck.DIFFER) -> {
                            LOG.atError()
                                    .addKeyValue("segment", segment(work))
                                    .setCause(error)
                                    .log("copies of a dead wal differ; it is not recovered");
                            fail(String.valueOf(error.getMessage()));
                        }
                        case Outcome.Failure<List<PackedObject>>(var error) -> {
                            LOG.atWarn()
                                    .addKeyValue("segment", segment(work))
                                    .addKeyValue("member", member)
                                    .setCause(error)
                                    .log("a copy is not usable; trying another member's");
                            isPacking = false;
                            work.copy = null;
                            work.unusable.add(member);
                            read(work);
                        }
                    }
                });
    }

    private List<PackedObject> packed(Work work, ByteBuffer copy, UUID member, long nowMs) {
        RecoveryPlan.Part part = work.part;
        var source = new SegmentSource(part.start());
        Segment segment =
                record.chain().stream()
                        .filter(each -> each.index() == part.segment())
                        .findFirst()
                        .orElseThrow();
        var check = new ChainCheck(segment, member, copies, copies.successor(segment), source);
        try {
            SegmentCopy.read(SegmentBytes.of(copy), segment(work), part.end(), check);
            check.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packer.pack(
                new SegmentPacker.Source(record.wal(), part.segment(), part.start(), part.end()),
                source.entries().iterator(),
                nowMs);
    }

    private void put(Work work, List<PackedObject> packed) {
        if (packed.isEmpty()) {
            put(work);
            return;
        }
        var left = new int[] {packed.size()};
        for (PackedObject object : packed) {
            committed.add(object.committed());
            background.run(
                    lane,
                    () -> {
                        objects.put(object.key(), object.object().body());
                        return true;
                    },
                    outcome -> {
                        if (outcome instanceof Outcome.Failure<Boolean>(var error)) {
                            fail("an object was not put: " + error.getMessage());
                        } else if (--left[0] == 0) {
                            put(work);
                        }
                    });
        }
    }

    /** All of the segment is in objects: its copy can go. */
    private void put(Work work) {
        work.copy = null;
        uploading++;
        isPacking = false;
        advance();
    }

    private void fail(String why) {
        if (!isEnded) {
            isEnded = true;
            done.failed(why);
        }
    }
}
