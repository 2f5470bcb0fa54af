package sluice.engine;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Background;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalFrame;
import sluice.log.wal.memory.MemoryWalDisk;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.uploader.HistoryLimits;

/** A disk and the process at it. */
final class WalPlace implements PeerFrames.Engine {
    private static final Delay STORE = Delay.ofMicros(200, 5_000);

    private final WalWorld world;
    final String name;
    MemoryWalDisk disk;

    /** Time that each read of a part of a segment takes here. */
    Duration readTakes = Duration.ZERO;

    /** How long the next sync takes here. */
    Supplier<Duration> syncTakes;

    /** Parts of segments that were read here, and those being read at once at most. */
    int reads;

    int readsAtOnceMax;
    private int readsNow;
    private @Nullable Process process;

    private record Process(
            VirtualTime.Scope scope,
            Lane lane,
            Background background,
            PeerTransport transport,
            MemberMachine member,
            PeerCalls calls) {}

    WalPlace(WalWorld world, String name) {
        this.world = world;
        this.name = name;
        this.disk = new MemoryWalDisk(world.newId(), Runnable::run);
        this.syncTakes = () -> WalWorld.SYNC.draw(world.time.random());
    }

    UUID id() {
        return disk.diskId();
    }

    boolean isUp() {
        return process != null;
    }

    private Process process() {
        Process present = process;
        if (present == null) {
            throw world.failure(name + " is down");
        }
        return present;
    }

    PeerTransport transport() {
        return process().transport();
    }

    Lane lane() {
        return process().lane();
    }

    Background background() {
        return process().background();
    }

    /** What this place sees of the gateways, once it is started. */
    Membership membership(GatewayRecord self, EngineLimits limits) {
        var gateways = new GatewayStore(world.items());
        var own =
                new Heartbeat(
                        lane(),
                        background(),
                        gateways,
                        new DiskAge(lane(), disk),
                        limits,
                        self,
                        why -> {
                            throw world.failure(why);
                        });
        return new Membership(
                lane(),
                background(),
                gateways,
                own,
                transport(),
                calls(),
                limits,
                new Membership.Observer() {
                    @Override
                    public void admitted() {}

                    @Override
                    public void looked() {}

                    @Override
                    public void suspected() {}
                });
    }

    PeerCalls calls() {
        return process().calls();
    }

    MemberMachine member() {
        return process().member();
    }

    void start() {
        var scope = world.time.scope(name);
        disk = disk.reopen(task -> scope.schedule(syncTakes.get(), task));
        var lane = scope.lane("engine");
        var memberLane = scope.lane("member");
        var background = scope.background(STORE, STORE);
        var transport = world.network.transport(id(), scope);
        var member =
                new MemberMachine(
                        memberLane,
                        disk,
                        transport,
                        WalWorld.LIMITS.member(),
                        (segment, cause) -> {
                            throw world.failure("disk of " + name + " failed: " + cause);
                        });
        var serving =
                new MemberCalls(
                        new EnginePorts(
                                world.items,
                                world.objects,
                                disk,
                                transport,
                                lane,
                                memberLane,
                                lane,
                                background,
                                Runnable::run,
                                _ -> {},
                                () -> new SplittableRandom(world.seed),
                                new HistoryLimits(4096, 1 << 20, 32, 8)),
                        member);
        var calls =
                new PeerCalls(
                        lane,
                        transport,
                        10_000,
                        world.time.random(),
                        (_, request, answer) -> {
                            if (request instanceof CallRequest.Fence fence) {
                                serving.fence(fence, answer);
                            } else if (request instanceof CallRequest.ReadSegment read) {
                                reads++;
                                readsAtOnceMax = Math.max(readsAtOnceMax, ++readsNow);
                                scope.schedule(
                                        readTakes,
                                        () ->
                                                serving.read(
                                                        read,
                                                        reply -> {
                                                            readsNow--;
                                                            answer.accept(reply);
                                                        }));
                            }
                        });
        process = new Process(scope, lane, background, transport, member, calls);
        transport.start(new PeerFrames(lane, memberLane, member, calls, this));
    }

    @Override
    public void walFrame(UUID from, WalFrame frame) {
        if (this == world.place(0) && world.hasMachine()) {
            world.machine().received(from, frame);
        }
    }

    @Override
    public void connected() {}

    @Override
    public void disconnected(UUID peer, PeerTransport.Link link) {
        if (link == PeerTransport.Link.CALL) {
            calls().disconnected(peer);
        } else if (this == world.place(0) && world.hasMachine()) {
            world.machine().disconnected(peer);
        }
    }

    /** SIGSTOP: connections stay, nothing is answered. */
    void stop() {
        process().scope().pause(Duration.ofDays(1));
    }

    void pause(Duration duration) {
        process().scope().pause(duration);
    }

    /** kill -9. */
    void crash() {
        process().scope().kill();
        process = null;
        world.network.crash(id());
    }

    /** Starts again; what the disk holds in the page cache is still there. */
    void restart() {
        start();
        world.connect();
    }

    SegmentId segment(int index) {
        return new SegmentId(world.wal, index);
    }
}
