package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
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
 * Owned by the engine's lane.
 */
final class Uploads {

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private static final class Upload {
        final WalRecord.Segment segment;
        List<PackedObject> packed = List.of();
        int objectsPut;
        boolean isStarted;
        boolean isPut;
        boolean isCommitting;
        int failures;

        Upload(WalRecord.Segment segment) {
            this.segment = segment;
        }
    }

    /** Told that a segment is in objects and the metadata says so. */
    interface Observer {
        void committed(WalRecord.Segment segment, List<SlotIndex.ObjectExtents> objects);
    }

    private final Lane lane;
    private final Background background;
    private final UUID wal;
    private final WalDisk disk;
    private final ObjectStore objects;
    private final SegmentPacker packer;
    private final WalRegistry registry;
    private final EngineMetrics metrics;
    private final int inFlightMax;
    private final Observer observer;
    private final ArrayDeque<Upload> queue = new ArrayDeque<>();

    Uploads(
            Lane lane,
            Background background,
            WalDisk disk,
            ObjectStore objects,
            SegmentPacker packer,
            WalRegistry registry,
            EngineMetrics metrics,
            int inFlightMax,
            Observer observer) {
        this.lane = lane;
        this.background = background;
        this.wal = registry.record().wal();
        this.disk = disk;
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
        queue.addLast(new Upload(segment));
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
            first.isCommitting = true;
            commit(first);
        }
    }

    private void pack(Upload upload) {
        long nowMs = lane.wallMs();
        attempt(
                upload,
                "pack",
                () -> packed(upload.segment, nowMs),
                packed -> {
                    upload.packed = packed;
                    put(upload);
                });
    }

    private List<PackedObject> packed(WalRecord.Segment segment, long nowMs) {
        if (segment.start() == segment.end()) {
            return List.of();
        }
        var source = new SegmentSource();
        try {
            SegmentCopy.read(disk, new SegmentId(wal, segment.index()), segment.end(), source);
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
                });
    }

    private <T> void attempt(
            Upload upload, String what, java.util.function.Supplier<T> work, Consumer<T> then) {
        background.run(
                lane,
                work,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<T>(var value) -> {
                            upload.failures = 0;
                            then.accept(value);
                        }
                        case Outcome.Failure<T>(var error) -> {
                            metrics.uploadFailed();
                            LOG.atWarn()
                                    .addKeyValue("step", what)
                                    .addKeyValue("segment", upload.segment.index())
                                    .addKeyValue("failures", ++upload.failures)
                                    .setCause(error)
                                    .log("segment not uploaded yet; trying again");
                            lane.schedule(
                                    retryDelay(upload.failures),
                                    () -> attempt(upload, what, work, then));
                        }
                    }
                });
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
