package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import sluice.consumer.PartitionReader;
import sluice.consumer.PartitionRef;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.queue.PartitionQueues;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Lane;
import sluice.log.wal.MemberMachine;
import sluice.metadata.ClusterRecord;
import sluice.metadata.ClusterStore;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotStore;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalStore;
import sluice.uploader.HistoryReader;
import sluice.uploader.SegmentPacker;
import sluice.uploader.SlotIndexLoader;

/**
 * The engine of one gateway process: wires its parts, and is the door through which HTTP comes in.
 *
 * <p>All state is owned by the engine's lane, but for the disk's copies, which the member's lane
 * owns. Methods are safe from any thread.
 */
public final class GatewayEngine implements Engine {

    private static final long FOOTER_EXTENTS_CACHED_MAX = 500_000;
    private static final int CALLS_MAX = 50_000;

    private final EnginePorts ports;
    private final EngineLimits limits;
    private final ClusterRecord cluster;
    private final UUID wal;
    private final Lane lane;
    private final EngineMetrics metrics = new EngineMetrics();
    private final Membership membership;
    private final SlotTable table;
    private final OwnedSlots owned;
    private final ClusterViews views;
    private final EngineCore core;
    private final Recoveries recoveries;
    private final Router router;
    private final RoutedTail tail;
    private final RoutedAppends appends;
    private final PartitionReader reader;
    private final TopicCatalog topics;
    private final ExchangeCatalog exchanges;
    private final PeerFrames frames;
    private final ProducerIds producerIds;
    private final Groups groups;
    private final OwnedGroups ownedGroups;
    private final Queues queues;
    private final OwnedQueues ownedQueues;

    private volatile Snapshot snapshot;
    private volatile boolean isReady;

    /** What other threads may see of the lane's state. */
    private record Snapshot(List<Member> gateways, List<WalView> wals, Map<String, Long> gauges) {}

    /**
     * @param wal id of this process's wal, never used before
     * @param self address of this gateway; its counter is 0
     * @param onLost told if a recoverer takes this process's wal, or its disk fails: the process
     *     must end
     */
    public GatewayEngine(
            EnginePorts ports,
            EngineLimits limits,
            ClusterRecord cluster,
            UUID wal,
            GatewayRecord self,
            Consumer<String> onLost) {
        this.ports = ports;
        this.limits = limits;
        this.cluster = cluster;
        this.wal = wal;
        this.lane = ports.lane();
        this.snapshot = new Snapshot(List.of(), List.of(), Map.of());
        var walStore = new WalStore(ports.items());
        var slotStore = new SlotStore(ports.items(), cluster.slots());
        var indexes = new SlotIndexLoader(ports.objects(), FOOTER_EXTENTS_CACHED_MAX);
        var states = new SlotStateLoader(slotStore, walStore, indexes);
        var member =
                new MemberMachine(
                        ports.memberLane(),
                        ports.disk(),
                        ports.transport(),
                        limits.member(),
                        (segment, cause) ->
                                onLost.accept(
                                        "the wal disk failed: segment=%s cause=%s"
                                                .formatted(segment, cause)));
        var memberCalls = new MemberCalls(ports, member);
        var calls =
                new PeerCalls(
                        lane,
                        ports.transport(),
                        CALLS_MAX,
                        ports.randoms().get(),
                        (_, request, answer) -> handle(request, answer, memberCalls));
        var gateways = new GatewayStore(ports.items());
        var own =
                new Heartbeat(
                        lane,
                        ports.background(),
                        gateways,
                        new DiskAge(lane, ports.disk()),
                        limits,
                        self,
                        this::diskLost);
        membership =
                new Membership(
                        lane,
                        ports.background(),
                        gateways,
                        own,
                        ports.transport(),
                        calls,
                        limits,
                        new Membership.Observer() {
                            @Override
                            public void admitted() {
                                ports.transport().start(GatewayEngine.this.frames);
                            }

                            @Override
                            public void looked() {
                                GatewayEngine.this.looked();
                            }

                            @Override
                            public void suspected() {
                                GatewayEngine.this.suspected();
                            }
                        });
        table = new SlotTable(lane, ports.background(), slotStore, cluster.slots());
        views = new ClusterViews(membership, table);
        owned =
                new OwnedSlots(
                        lane,
                        ports.background(),
                        states::load,
                        limits.tailEntriesMax(),
                        this::slotLost);
        recoveries =
                new Recoveries(
                        lane,
                        ports.background(),
                        calls,
                        walStore,
                        ports.objects(),
                        new SegmentPacker(ports.randoms().get()),
                        membership,
                        metrics,
                        this::sealed);
        core =
                new EngineCore(
                        new EngineParts(
                                ports,
                                limits,
                                metrics,
                                membership,
                                table,
                                walStore,
                                slotStore,
                                owned,
                                states,
                                new FooterWarmer(lane, ports.background(), indexes),
                                calls),
                        wal,
                        recoveries,
                        new Trimmer(ports.memberLane(), ports.disk(), member),
                        onLost);
        router = new Router(lane, calls, table, membership, limits, metrics, this::handle);
        tail = new RoutedTail(lane, router, limits, metrics);
        appends = new RoutedAppends(lane, router, limits);
        reader =
                new PartitionReader(
                        tail,
                        new ObjectHistory(
                                states,
                                new HistoryReader(
                                        ports.objects(), ports.history(), ports.blocking()),
                                lane),
                        ports.blocking());
        exchanges = ExchangeCatalog.of(ports);
        topics = TopicCatalog.of(ports, cluster.slots(), exchanges);
        groups = new Groups(ports, router, limits, cluster.slots());
        queues = new Queues(lane, router, limits);
        ownedGroups =
                OwnedGroups.of(
                        ports, self.node(), this, groups, queues, this::isLost, tail, reader);
        ownedQueues = new OwnedQueues(ports, wal, core, tail, reader);
        frames = new PeerFrames(lane, ports.memberLane(), member, calls, core);
        producerIds = new ProducerIds(new ClusterStore(ports.items()));
    }

    /** Starts heartbeats, links and the way to a wal of its own; returns at once. */
    public void start() {
        lane.execute(membership::start);
    }

    /** Called by the lane's mailbox after each group of tasks. */
    public void afterDrain() {
        core.afterDrain();
        isReady = core.isReady();
    }

    /**
     * Ends the wal in order: no more appends here, all of it in objects, record SEALED.
     *
     * @return completes when others may take the slots
     */
    public CompletionStage<Void> drain() {
        var drained = new CompletableFuture<Void>();
        lane.execute(() -> core.drain(() -> drained.complete(null)));
        return drained;
    }

    public EngineMetrics metrics() {
        return metrics;
    }

    /** Present values by name, at most a second old. */
    public Map<String, Long> gauges() {
        return snapshot.gauges();
    }

    private void handle(CallRequest request, Consumer<CallReply> answer, MemberCalls memberCalls) {
        switch (request) {
            case CallRequest.Fence fence -> memberCalls.fence(fence, answer);
            case CallRequest.ReadSegment read -> memberCalls.read(read, answer);
            case CallRequest.Notice _ -> core.lookSoon(true);
            case CallRequest.Pulse _ -> answer.accept(new CallReply.Pulse(wal, core.isWell()));
            case CallRequest.OfOwner ofOwner -> handle(ofOwner, answer);
        }
    }

    private void handle(CallRequest.OfOwner request, Consumer<CallReply> answer) {
        switch (request) {
            case CallRequest.OfPartition ofPartition -> core.handle(ofPartition, answer);
            case CallRequest.Queue queue -> ownedQueues.handle(queue, answer);
            case CallRequest.Group group ->
                    core.whenOwned(
                            group.slot(),
                            epoch -> ownedGroups.handle(epoch, group, answer),
                            error -> answer.accept(OwnerAppends.failed(error)));
        }
    }

    private void slotLost(int slot) {
        ownedGroups.drop(each -> each == slot);
        ownedQueues.drop(slot);
    }

    /** True if no gateway lives there, as far as was known a moment ago. */
    private boolean isLost(UUID node) {
        return snapshot.gateways().stream()
                .noneMatch(each -> each.alive() && each.node().equals(node));
    }

    private void diskLost(String why) {
        frames.stop();
        core.lost(why);
    }

    private void sealed() {
        core.changed();
    }

    private void suspected() {
        core.lookSoon(false);
    }

    private void looked() {
        core.looked();
        Map<String, Long> gauges = core.gauges();
        gauges.put("groups.hosted", (long) ownedGroups.count());
        gauges.put("queues.hosted", (long) ownedQueues.count());
        snapshot = new Snapshot(views.gateways(), views.wals(core), gauges);
    }

    @Override
    public CompletionStage<Appended> append(
            TopicRecord topic, int partition, Acks acks, ByteBuffer batch) {
        return appends.append(topic, partition, acks, batch);
    }

    @Override
    public CompletionStage<Fetched> fetch(
            TopicRecord topic, int partition, long offset, int maxBytes, Duration wait) {
        return reader.fetch(RoutedTail.ref(topic, partition), offset, maxBytes, wait)
                .thenApply(found ->
                        new Fetched(found.batches(), found.highWatermark(), found.logStart()));
    }

    @Override
    public CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs) {
        return reader.offsetAt(RoutedTail.ref(topic, partition), timestampMs);
    }

    @Override
    public CompletionStage<PartitionStatus> status(TopicRecord topic, int partition) {
        int slot = topic.slots().get(partition);
        var owner = new CompletableFuture<Optional<Member>>();
        lane.execute(() -> owner.complete(ownerOf(slot)));
        PartitionRef asked = RoutedTail.ref(topic, partition);
        return tail.status(asked)
                .thenApply(status -> reader.tell(asked, status.logStart(), status.highWatermark()))
                .thenCombine(
                        owner,
                        (told, member) ->
                                new PartitionStatus(
                                        partition,
                                        told.logStart(),
                                        told.highWatermark(),
                                        slot,
                                        member));
    }

    private Optional<Member> ownerOf(int slot) {
        return table.owner(slot)
                .map(SlotRecord.Owner::node)
                .flatMap(membership::gateway)
                .map(record -> views.gateway(record, 0));
    }

    @Override
    public CompletionStage<Long> newProducerId() {
        return CompletableFuture.supplyAsync(producerIds::next, ports.blocking());
    }

    @Override
    public Topics topics() {
        return topics;
    }

    @Override
    public Exchanges exchanges() {
        return exchanges;
    }

    /** The queues of partitions, whichever gateways own them. */
    public PartitionQueues queues() {
        return queues;
    }

    @Override
    public CompletionStage<List<GroupName>> queueGroupsHere(int max) {
        return ownedGroups.queueGroups(max);
    }

    @Override
    public GroupCoordinator groups() {
        return groups;
    }

    @Override
    public CompletionStage<ForcedEnd> forceSeal(UUID wal, String reason, boolean acceptLoss) {
        return recoveries.forceSealed(new ForcedSeal.Request(wal, reason, acceptLoss));
    }

    @Override
    public ClusterView cluster() {
        Snapshot now = snapshot;
        return new ClusterView(
                cluster.id().toString(),
                membership.self(),
                cluster.slots(),
                now.gateways(),
                now.wals());
    }

    @Override
    public boolean ready() {
        return isReady;
    }
}
