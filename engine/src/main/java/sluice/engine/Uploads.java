package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.SegmentBytes;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;
import sluice.metadata.WalRecord;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;
import sluice.uploader.SegmentPacker.PackedObject;
import sluice.uploader.SlotIndex;

/**
 * Turns sealed segments of the own wal into objects: several are packed and put side by side, but
 * committed one after another in wal order, since commit order is record order.
 *
 * <pre>
 *   sealed ──▶ packing ──▶ putting (one object after another) ──▶ put ──(first in line)──▶ committing ──▶ done
 *                 └─────────┴── a store or disk out of reach: again after a pause, for ever
 * </pre>
 *
 * <p>A segment is read from this gateway's own disk. If that copy is damaged, the other members of
 * the segment are asked for theirs, one after another: each holds the same entries, and whatever
 * copy is read, every entry's CRC and place in the chain is checked. Owned by the engine's lane.
 */
final class Uploads {

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    /** Failures of a copy that may pass by themselves, before another copy is tried. */
    private static final int FAILURES_OF_A_COPY_MAX = 3;

    /** Between two looks whether the record has room for more objects. */
    private static final Duration ROOM_LOOK = Duration.ofSeconds(1);

    private static final int COPY_BYTES_MAX = 1 << 30;

    private static final class Upload {
        final WalRecord.Segment segment;
        List<PackedObject> packed = List.of();
        int objectsPut;
        boolean isStarted;
        boolean isPut;
        boolean isCommitting;
        int failures;

        /** Whose copies there are, the own one first, and which of them is read. */
        final List<UUID> holders;

        int holder;

        Upload(WalRecord.Segment segment, UUID self) {
            this.segment = segment;
            this.holders = new ArrayList<>(segment.members());
            holders.remove(self);
            holders.addFirst(self);
        }

        /** After a failure to read or pack: a damaged copy does not get better. */
        void chooseHolder(SluiceException.Kind kind) {
            if (kind == SluiceException.Kind.DATA || failures % FAILURES_OF_A_COPY_MAX == 0) {
                holder = (holder + 1) % holders.size();
            }
        }
    }

    /** Told that a segment is in objects and the metadata says so. */
    interface Observer {
        void committed(WalRecord.Segment segment, List<SlotIndex.ObjectExtents> objects);
    }

    private final Lane lane;
    private final Background background;
    private final UUID wal;
    private final UUID self;
    private final WalDisk disk;
    private final CopyReader reader;
    private final ObjectStore objects;
    private final SegmentPacker packer;
    private final WalRegistry registry;
    private final EngineMetrics metrics;
    private final int inFlightMax;
    private final Observer observer;
    private boolean isWaitingForRoom;
    private final ArrayDeque<Upload> queue = new ArrayDeque<>();

    Uploads(
            Lane lane,
            Background background,
            WalDisk disk,
            CopyReader reader,
            ObjectStore objects,
            SegmentPacker packer,
            WalRegistry registry,
            EngineMetrics metrics,
            int inFlightMax,
            Observer observer) {
        this.lane = lane;
        this.background = background;
        this.wal = registry.record().wal();
        this.self = registry.record().node();
        this.disk = disk;
        this.reader = reader;
        this.objects = objects;
        this.packer = packer;
        this.registry = registry;
        this.metrics = metrics;
        this.inFlightMax = inFlightMax;
        this.observer = observer;
    }

    /** Queues a segment that the metadata says is sealed; in wal order. */
    void sealed(WalRecord.Segment segment) {
        lane.assertOwner();
        queue.addLast(new Upload(segment, self));
        advance();
    }

    int queued() {
        return queue.size();
    }

    private void advance() {
        int inFlight = 0;
        for (Upload upload : queue) {
            if (inFlight++ == inFlightMax) {
                break;
            }
            if (!upload.isStarted) {
                upload.isStarted = true;
                pack(upload);
            }
        }
        Upload first = queue.peekFirst();
        if (first != null && first.isPut && !first.isCommitting) {
            if (registry.hasRoomFor(first.packed.size())) {
                first.isCommitting = true;
                commit(first);
            } else if (!isWaitingForRoom) {
                isWaitingForRoom = true;
                lane.schedule(ROOM_LOOK, this::lookForRoom);
            }
        }
    }

    private void lookForRoom() {
        isWaitingForRoom = false;
        advance();
    }

    private void pack(Upload upload) {
        UUID holder = upload.holders.get(upload.holder);
        SegmentId id = new SegmentId(wal, upload.segment.index());
        if (holder.equals(self) || upload.segment.start() == upload.segment.end()) {
            pack(upload, () -> SegmentBytes.of(disk, id));
            return;
        }
        reader.readToEnd(
                id,
                holder,
                COPY_BYTES_MAX,
                copy -> {
                    if (copy.isPresent()) {
                        pack(upload, () -> SegmentBytes.of(copy.get()));
                    } else {
                        failed(
                                upload,
                                "read",
                                new SluiceException(
                                        SluiceException.Kind.UNAVAILABLE,
                                        "gateway-unreachable",
                                        "a member did not give its copy: member=" + holder),
                                () -> pack(upload));
                    }
                });
    }

    private void pack(Upload upload, Supplier<SegmentBytes> copy) {
        long nowMs = lane.wallMs();
        attempt(
                upload,
                "pack",
                () -> packed(upload.segment, copy.get(), nowMs),
                packed -> {
                    upload.packed = packed;
                    put(upload);
                },
                () -> pack(upload));
    }

    private List<PackedObject> packed(WalRecord.Segment segment, SegmentBytes copy, long nowMs) {
        if (segment.start() == segment.end()) {
            return List.of();
        }
        var source = new SegmentSource(segment.start());
        try {
            SegmentCopy.read(copy, new SegmentId(wal, segment.index()), segment.end(), source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packer.pack(
                new SegmentPacker.Source(wal, segment.index(), segment.start(), segment.end()),
                source.entries().iterator(),
                nowMs);
    }

    private void put(Upload upload) {
        if (upload.objectsPut == upload.packed.size()) {
            upload.isPut = true;
            advance();
            return;
        }
        PackedObject object = upload.packed.get(upload.objectsPut);
        long startNs = lane.nowNs();
        attempt(
                upload,
                "put",
                () -> {
                    // The same key and bytes again are safe, so not knowing is as good as not put.
                    objects.put(object.key(), object.object().body());
                    return true;
                },
                _ -> {
                    metrics.objectPut(object.object().lengthBytes(), lane.nowNs() - startNs);
                    upload.objectsPut++;
                    put(upload);
                },
                () -> put(upload));
    }

    private <T> void attempt(
            Upload upload, String what, Supplier<T> work, Consumer<T> then, Runnable again) {
        background.run(
                lane,
                work,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<T>(var value) -> {
                            upload.failures = 0;
                            then.accept(value);
                        }
                        case Outcome.Failure<T>(var error) -> failed(upload, what, error, again);
                    }
                });
    }

    private void failed(Upload upload, String what, SluiceException error, Runnable again) {
        metrics.uploadFailed();
        upload.failures++;
        if (upload.packed.isEmpty()) {
            upload.chooseHolder(error.kind());
        }
        LOG.atWarn()
                .addKeyValue("step", what)
                .addKeyValue("segment", upload.segment.index())
                .addKeyValue("failures", upload.failures)
                .addKeyValue("nextFrom", upload.holders.get(upload.holder))
                .setCause(error)
                .log("segment not uploaded yet; trying again");
        lane.schedule(retryDelay(upload.failures), again);
    }

    private static Duration retryDelay(int failures) {
        Duration delay = RETRY_FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
        return delay.compareTo(RETRY_MAX) < 0 ? delay : RETRY_MAX;
    }

    private void commit(Upload upload) {
        WalRecord.Segment segment = upload.segment;
        List<WalRecord.WalObject> named =
                upload.packed.stream().map(PackedObject::committed).toList();
        registry.change(
                "upload",
                record -> WalChanges.uploaded(record, segment.index(), segment.end(), named),
                _ -> {
                    List<SlotIndex.ObjectExtents> extents =
                            upload.packed.stream()
                                    .map(each ->
                                            new SlotIndex.ObjectExtents(
                                                    each.key(),
                                                    each.object().lengthBytes(),
                                                    each.object().extents()))
                                    .toList();
                    queue.removeFirst();
                    observer.committed(segment, extents);
                    advance();
                });
    }
}
