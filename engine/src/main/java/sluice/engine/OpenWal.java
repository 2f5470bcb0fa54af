package sluice.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.uploader.SegmentPacker;

/** What works only once the wal is open. All of it is owned by the engine's lane. */
record OpenWal(
        WalRegistry registry,
        WalKeeper keeper,
        OwnerAppends appends,
        OwnerReads reads,
        Authority authority,
        Uploads uploads,
        SlotKeeper slots,
        Folder folder,
        Handoffs handoffs,
        Scrubber scrubber) {

    /**
     * Makes and connects the parts; nothing is begun.
     *
     * @param changed called when slots were let go or taken
     * @param created the wal's record, just written
     */
    static OpenWal wire(
            EngineParts parts,
            Versioned<WalRecord> created,
            WalKeeper.Observer observer,
            Uploads.Observer uploaded,
            Runnable changed,
            WalRegistry.Lost lost) {
        EnginePorts ports = parts.ports();
        EngineLimits limits = parts.limits();
        Lane lane = ports.lane();
        Background background = ports.background();
        OwnedSlots owned = parts.owned();
        var registry =
                new WalRegistry(
                        lane, background, parts.walStore(), created, RecordRoom.DEFAULT, lost);
        var room = new DiskRoom(lane, ports.disk(), limits.member());
        var keeper =
                new WalKeeper(
                        lane,
                        ports.transport(),
                        parts.membership(),
                        registry,
                        room,
                        limits,
                        observer);
        var authority =
                new Authority(lane, background, parts.walStore(), created.value().wal(), lost);
        var appends =
                new OwnerAppends(
                        lane,
                        keeper.wal(),
                        owned,
                        limits,
                        parts.metrics(),
                        authority,
                        keeper::checkAdmission,
                        room);
        var reads =
                new OwnerReads(
                        lane,
                        background,
                        owned,
                        ports.disk(),
                        created.value().wal(),
                        authority,
                        limits.waitingReadersMax());
        var uploads =
                new Uploads(
                        lane,
                        background,
                        ports.disk(),
                        new CopyReader(parts.calls()),
                        ports.objects(),
                        new SegmentPacker(ports.randoms().get()),
                        registry,
                        parts.metrics(),
                        limits.uploadsMax(),
                        uploaded);
        var slots =
                new SlotKeeper(
                        lane,
                        background,
                        parts.slotStore(),
                        parts.table(),
                        owned,
                        parts.membership(),
                        keeper,
                        limits,
                        parts.metrics(),
                        changed);
        var checkpoints =
                new CheckpointWriter(
                        lane, background, ports.objects(), registry, keeper, ports.randoms().get());
        var folder =
                new Folder(
                        lane,
                        background,
                        parts.slotStore(),
                        owned,
                        parts.table(),
                        registry,
                        limits.foldObjects(),
                        checkpoints);
        var release =
                new SlotRelease(
                        lane,
                        background,
                        parts.slotStore(),
                        parts.table(),
                        checkpoints,
                        created.value().wal());
        var handoffs =
                new Handoffs(
                        lane,
                        owned,
                        keeper,
                        registry,
                        appends,
                        folder,
                        release,
                        parts.metrics(),
                        changed);
        var scrubber =
                new Scrubber(
                        lane,
                        background,
                        owned,
                        parts.states()::load,
                        ports.objects(),
                        parts.metrics(),
                        limits.scrubEvery());
        return new OpenWal(
                registry, keeper, appends, reads, authority, uploads, slots, folder, handoffs,
                scrubber);
    }

    /**
     * Does what is due for slots, now that the metadata was read.
     *
     * @param readNs when the read of the wals began; the own one was open
     */
    void consider(Map<UUID, WalRecord> wals, SlotTargets targets, UUID self, long readNs) {
        authority.seenOpen(readNs);
        slots.consider(wals, targets);
        handoffs.consider(self, targets);
        folder.consider();
    }

    /** True if what there is to write of the wal does not arrive in the metadata. */
    boolean isStuck(Duration forSo) {
        return registry.isStuck(forSo);
    }

    /** Answers a request for a partition of a slot that may be this gateway's. */
    void handle(
            CallRequest.OfPartition request,
            boolean takesAppends,
            EngineParts parts,
            Consumer<CallReply> answer) {
        switch (request) {
            case CallRequest.Append append -> {
                if (takesAppends) {
                    parts.metrics().appended(append.batch().remaining());
                    appends.append(append, answer);
                } else {
                    answer.accept(OwnerAppends.failed(OwnedSlots.notOwner(append.slot())));
                }
            }
            case CallRequest.AppendState state -> {
                if (takesAppends) {
                    parts.metrics().appended(state.batch().remaining());
                    appends.appendState(state, answer);
                } else {
                    answer.accept(OwnerAppends.failed(OwnedSlots.notOwner(state.slot())));
                }
            }
            case CallRequest.Fetch fetch -> reads.fetch(fetch, answer);
            case CallRequest.OffsetAt offsetAt -> reads.offsetAt(offsetAt, answer);
            case CallRequest.Status status -> reads.status(status, answer);
        }
    }

    /**
     * Goes on if this gateway owns the slot, and its wal was open a moment ago.
     *
     * @param go told the epoch under which it owns it
     * @param failed told {@code not-owner}
     */
    void whenOwned(
            int slot, OwnedSlots owned, Consumer<Long> go, Consumer<SluiceException> failed) {
        Optional<OwnedSlot> found = owned.get(slot).filter(each -> !each.isReleasing);
        if (found.isEmpty()) {
            failed.accept(OwnedSlots.notOwner(slot));
        } else {
            long epoch = found.get().epoch;
            authority.whenRecent(() -> go.accept(epoch), failed);
        }
    }

    /** Ends all work; who waits for an append is told that its outcome is unknown. */
    void stop(String why) {
        keeper.stop();
        slots.stop();
        folder.stop();
        handoffs.stop();
        scrubber.stop();
        appends.fail(why);
    }

    /** Adds present values by name. */
    void addTo(Map<String, Long> gauges) {
        gauges.put("wal.unacked.bytes", keeper.wal().unackedBytes());
        gauges.put("upload.queue", (long) uploads.queued());
        gauges.put("registry.queue", (long) registry.queued());
    }
}
