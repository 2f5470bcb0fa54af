package sluice.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.memory.MemoryNetwork;
import sluice.log.peer.memory.NetworkLimits;
import sluice.log.wal.SegmentHeader;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalEntry;
import sluice.log.wal.WalFrame;
import sluice.log.wal.WalMachine;
import sluice.log.wal.WalOutput;
import sluice.log.wal.memory.MemoryWalDisk;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Items;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;
import sluice.metadata.memory.MemoryItemStore;
import sluice.uploader.RetentionClass;
import sluice.uploader.SegmentPacker;
import sluice.uploader.memory.MemoryObjectStore;

/**
 * One wal, the disks of its members, and the stores, in virtual time: the production classes that
 * write and recover a wal, without the slots and requests above them.
 */
final class WalWorld {

    static final Duration STEP_MAX = Duration.ofSeconds(60);
    static final EngineLimits LIMITS = EngineLimits.defaults(3, 3, 256 << 20);
    static final Delay SYNC = Delay.ofMicros(100, 2_000);

    final long seed;
    final VirtualTime time;
    final MemoryNetwork network;
    final MemoryItemStore itemStore = new MemoryItemStore();
    final MemoryObjectStore objects = new MemoryObjectStore();
    final List<WalPlace> places = new ArrayList<>();
    final UUID wal;
    final WalStore store;
    final Items items;
    private @Nullable WalMachine machine;

    WalWorld(long seed, int places) {
        this.seed = seed;
        time = new VirtualTime(seed);
        network = new MemoryNetwork(time.random(), Delay.ofMicros(30, 400), NetworkLimits.DEFAULT);
        items = new Items(itemStore, time.random(), _ -> {});
        store = new WalStore(items);
        wal = newId();
        for (int i = 0; i < places; i++) {
            this.places.add(new WalPlace(this, "p" + i));
        }
        this.places.forEach(WalPlace::start);
        connect();
    }

    UUID newId() {
        return new UUID(time.random().nextLong(), time.random().nextLong());
    }

    void connect() {
        var addresses = new java.util.HashMap<UUID, String>();
        places.forEach(place -> addresses.put(place.id(), place.name));
        places.stream().filter(WalPlace::isUp).forEach(place -> place.transport().peers(addresses));
        runFor(Duration.ofSeconds(3));
    }

    WalPlace place(int index) {
        return places.get(index);
    }

    List<UUID> ids(int... indexes) {
        return java.util.Arrays.stream(indexes).mapToObj(i -> places.get(i).id()).toList();
    }

    // The owner, at place 0.

    boolean hasMachine() {
        return machine != null;
    }

    WalMachine machine() {
        if (machine == null) {
            throw new AssertionError("not opened");
        }
        return machine;
    }

    /** From now on a keeper's machine is the owner's, and hears what members say. */
    void owns(WalMachine kept) {
        machine = kept;
    }

    Items items() {
        return items;
    }

    /** Opens the wal with segment 0 at some places and 1 PREPARED at others. */
    void open(List<UUID> members, List<UUID> prepared) {
        write(WalChanges.created(wal, place(0).id(), members, prepared), 0);
        machine = new WalMachine(wal, place(0).id(), LIMITS.wal(), new Sending());
        machine.open(0, members, time.nowNs(), time.wallMs());
        if (!prepared.isEmpty()) {
            machine.prepared(1, prepared);
        }
    }

    /** Appends so many entries of one record each, and waits until all members hold them. */
    void append(int count) {
        send(count, 10);
        await("commit", () -> machine().hwm() == machine().next());
    }

    /** Appends without waiting for anybody. */
    void send(int count, int valueBytes) {
        for (int i = 0; i < count; i++) {
            long sequence = machine().next();
            ByteBuffer batch = batch(sequence, valueBytes);
            appendTo(machine(), batch);
            machine().flush();
        }
    }

    void appendTo(WalMachine wal, ByteBuffer batch) {
        wal.append(
                WalEntry.BATCH,
                RetentionClass.FOREVER.id(),
                3,
                1,
                9,
                0,
                1,
                wal.next(),
                batch,
                time.nowNs(),
                time.wallMs());
    }

    ByteBuffer batch(long offset, int valueBytes) {
        byte[] value = ("v" + offset + "-").repeat(1 + valueBytes / 4).getBytes(US_ASCII);
        var builder = new BatchBuilder(256);
        builder.append(time.wallMs(), null, value, List.of());
        ByteBuffer batch = builder.build();
        RecordBatch.setBaseOffset(batch, 0, offset);
        return batch;
    }

    /** The owner goes on in the prepared segment; the metadata says so only if asked to. */
    void roll(boolean recorded, List<UUID> nextPrepared) {
        int old = machine().segment();
        if (!machine().roll(time.nowNs(), time.wallMs())) {
            throw failure("nothing is prepared");
        }
        if (recorded) {
            int next = machine().segment();
            long end = machine().segmentStart();
            var found = record();
            write(
                    WalChanges.rolled(found.value(), old, next, end, next + 1, nextPrepared),
                    found.version());
            if (!nextPrepared.isEmpty()) {
                machine().prepared(next + 1, nextPrepared);
            }
        }
    }

    private class Sending implements WalOutput {
        @Override
        public boolean send(UUID member, ByteBuffer... frame) {
            return place(0).isUp()
                    && place(0).transport().send(member, PeerTransport.Link.WAL, frame);
        }

        @Override
        public void entryCommitted(long sequence, int segment, long position, int bytes) {}

        @Override
        public void committed(long hwm) {}

        @Override
        public void ownerDurable(long end) {}

        @Override
        public void memberDurable(UUID member, long end) {}

        @Override
        public void rolled(int oldIndex, int nextIndex, long end) {}

        @Override
        public void fenced() {}
    }

    /**
     * Puts another copy of segment 0 in the place of the one at a place: whole, with the same
     * header, and with so many entries that are not the wal's.
     */
    void forge(int at, int entries) {
        // A process would remember what it called durable.
        place(at).crash();
        place(at).restart();
        MemoryWalDisk disk = place(at).disk;
        SegmentId segment = place(at).segment(0);
        var forged = new ArrayList<ByteBuffer>();
        var forger =
                new WalMachine(
                        wal,
                        place(0).id(),
                        LIMITS.wal(),
                        new Sending() {
                            @Override
                            public boolean send(UUID member, ByteBuffer... frame) {
                                if (WalFrame.decode(join(frame)) instanceof WalFrame.Append sent) {
                                    forged.add(sent.entries());
                                }
                                return true;
                            }
                        });
        forger.open(0, List.of(place(at).id()), 0, 0);
        for (int i = 0; i < entries; i++) {
            appendTo(forger, batch(1_000 + i, 10));
            forger.flush();
        }
        try {
            ByteBuffer header = ByteBuffer.allocate(SegmentHeader.BYTES);
            disk.read(segment, 0, header);
            disk.delete(segment);
            disk.create(segment, header.flip());
            disk.write(segment, SegmentHeader.BYTES, join(forged.toArray(ByteBuffer[]::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer join(ByteBuffer... parts) {
        int bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(bytes);
        for (ByteBuffer part : parts) {
            joined.put(part.duplicate());
        }
        return joined.flip();
    }

    // Metadata.

    Versioned<WalRecord> record() {
        return store.get(wal).orElseThrow();
    }

    void write(WalRecord record, long version) {
        if (!(store.replace(record, version) instanceof Written.Applied)) {
            throw failure("the record was not written");
        }
    }

    // Recovery.

    /** How a pass over the wal ended. */
    record Recovered(boolean sealed, Duration took) {}

    Recovered recover(int by) {
        var ended = new ArrayList<Recovered>();
        long startNs = time.nowNs();
        beginRecovery(
                by,
                record(),
                sealed ->
                        ended.add(new Recovered(sealed, Duration.ofNanos(time.nowNs() - startNs))));
        await("the end of a recovery", () -> !ended.isEmpty());
        return ended.getFirst();
    }

    /**
     * Begins a recovery at a place, which goes on while time passes.
     *
     * @param found what that place knows of the record
     */
    void beginRecovery(int by, Versioned<WalRecord> found, Consumer<Boolean> ended) {
        WalPlace place = place(by);
        place.lane()
                .execute(() ->
                        new Recovery(
                                        place.lane(),
                                        place.background(),
                                        place.calls(),
                                        store,
                                        objects,
                                        new SegmentPacker(new SplittableRandom(seed)),
                                        place.id(),
                                        found,
                                        ended)
                                .start());
    }

    // Time.

    void runFor(Duration duration) {
        time.runFor(duration);
    }

    void await(String what, BooleanSupplier condition) {
        if (!time.runUntil(condition, STEP_MAX)) {
            throw failure("did not come true: " + what);
        }
    }

    AssertionError failure(String what) {
        return new AssertionError(what + ": seed=" + seed + " wal=" + machine);
    }

    @Override
    public String toString() {
        return "seed=%d atMs=%d record=%s".formatted(seed, time.nowNs() / 1_000_000, record());
    }
}
