package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import sluice.log.lane.VirtualTime;
import sluice.log.wal.WalMachine;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.WalRecord;

/** The owner's side of a wal with its keeper, under a steady load, and what becomes of it. */
final class KeptWal implements WalKeeper.Observer {

    final WalWorld world;
    final WalKeeper keeper;
    final Membership membership;
    final List<Long> ackNs = new ArrayList<>();

    /** When segments were sealed. */
    final List<Long> rolledAtNs = new ArrayList<>();

    /** The sets of members that open segments had. */
    final List<Set<UUID>> memberSets = new ArrayList<>();

    private final Map<Long, Long> appendedNs = new HashMap<>();
    private final ByteBuffer payload;
    private final String zones;

    KeptWal(long seed, int places, EngineLimits limits) {
        this(seed, places, limits, "a".repeat(places));
    }

    /**
     * @param zones a letter for each place
     */
    KeptWal(long seed, int places, EngineLimits limits, String zones) {
        this.zones = zones;
        world = new WalWorld(seed, places);
        var gateways = new GatewayStore(world.items());
        var peers = world.time.scope("heartbeats of the peers");
        for (int i = 1; i < places; i++) {
            beat(gateways, peers, i, 1, 0);
        }
        WalPlace owner = world.place(0);
        membership = owner.membership(record(0, 0), limits);
        owner.lane().execute(membership::start);
        world.await("peers", () -> membership.candidates().size() == places);
        List<UUID> first = choose(limits, 0);
        world.write(WalChanges.created(world.wal, owner.id(), first, choose(limits, 1)), 0);
        var registry =
                new WalRegistry(
                        owner.lane(),
                        owner.background(),
                        world.store,
                        world.record(),
                        RecordRoom.DEFAULT,
                        why -> {
                            throw world.failure(why);
                        });
        keeper =
                new WalKeeper(
                        owner.lane(),
                        owner.transport(),
                        membership,
                        registry,
                        new DiskRoom(owner.lane(), owner.disk, limits.member()),
                        limits,
                        this);
        world.owns(keeper.wal());
        payload = world.batch(0, 100);
        owner.lane().execute(keeper::open);
        world.runFor(Duration.ofMillis(50));
        memberSets.add(new TreeSet<>(keeper.wal().members()));
    }

    private void beat(
            GatewayStore gateways, VirtualTime.Scope scope, int place, long counter, long version) {
        long written = version;
        if (world.place(place).isUp()
                && gateways.put(record(place, counter), version)
                        instanceof Written.Applied(long applied)) {
            written = applied;
        }
        long next = written;
        scope.schedule(
                Duration.ofSeconds(1), () -> beat(gateways, scope, place, counter + 1, next));
    }

    private GatewayRecord record(int place, long counter) {
        WalPlace at = world.place(place);
        return new GatewayRecord(
                at.id(),
                new UUID(5, place),
                counter,
                0,
                at.name + ":80",
                at.name + ":81",
                zone(at.id()),
                false);
    }

    private List<UUID> choose(EngineLimits limits, int segment) {
        return MemberChoice.choose(
                membership.candidates(),
                limits.replicationFactor(),
                limits.membersMin(),
                segment,
                this::zone);
    }

    String zone(UUID node) {
        for (int i = 0; i < zones.length(); i++) {
            if (world.place(i).id().equals(node)) {
                return zones.substring(i, i + 1);
            }
        }
        throw world.failure("no such place: " + node);
    }

    /** Zones of the open segment's members. */
    Set<String> memberZones() {
        var found = new TreeSet<String>();
        keeper.wal().members().forEach(member -> found.add(zone(member)));
        return found;
    }

    /** Appends an entry every so often, for a while, and waits for the last one. */
    void load(Duration every, Duration duration) {
        long endNs = world.time.nowNs() + duration.toNanos();
        appendUntil(every, endNs);
        world.runFor(duration);
        WalMachine wal = keeper.wal();
        world.await("the last", () -> wal.hwm() == wal.next());
    }

    private void appendUntil(Duration every, long endNs) {
        if (world.time.nowNs() < endNs) {
            append();
            world.place(0).lane().schedule(every, () -> appendUntil(every, endNs));
        }
    }

    void append() {
        if (keeper.wal().hasRoom(payload.remaining())) {
            appendedNs.put(keeper.wal().next(), world.time.nowNs());
            world.appendTo(keeper.wal(), payload.duplicate());
            keeper.afterDrain();
        }
    }

    /** The time within which that part of the entries was acknowledged. */
    Duration ackTime(double part) {
        long[] sorted = ackNs.stream().mapToLong(Long::longValue).sorted().toArray();
        return Duration.ofNanos(sorted[(int) Math.min(sorted.length - 1, sorted.length * part)]);
    }

    /** Most rolls within any time of that length. */
    int rollsWithin(Duration window) {
        int most = 0;
        for (int from = 0; from < rolledAtNs.size(); from++) {
            int to = from;
            while (to < rolledAtNs.size()
                    && rolledAtNs.get(to) - rolledAtNs.get(from) < window.toNanos()) {
                to++;
            }
            most = Math.max(most, to - from);
        }
        return most;
    }

    @Override
    public void entryCommitted(long sequence, int segment, long position, int bytes) {
        Long sinceNs = appendedNs.remove(sequence);
        if (sinceNs != null) {
            ackNs.add(world.time.nowNs() - sinceNs);
        }
    }

    @Override
    public void committed(long hwm) {}

    @Override
    public void ownerDurable(long end) {}

    @Override
    public void sealed(WalRecord.Segment segment) {
        rolledAtNs.add(world.time.nowNs());
        memberSets.add(new TreeSet<>(keeper.wal().members()));
    }

    @Override
    public void fenced() {
        throw world.failure("fenced");
    }
}
