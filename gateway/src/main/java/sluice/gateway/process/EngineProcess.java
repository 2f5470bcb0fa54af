package sluice.gateway.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.EngineLimits;
import sluice.engine.EnginePorts;
import sluice.engine.GatewayEngine;
import sluice.gateway.GatewayConfig;
import sluice.log.lane.Clock;
import sluice.log.lane.ThreadLane;
import sluice.log.lane.VirtualThreadBackground;
import sluice.log.peer.tcp.TcpLimits;
import sluice.log.peer.tcp.TcpPeerTransport;
import sluice.log.wal.disk.DiskLimits;
import sluice.log.wal.disk.FileWalDisk;
import sluice.metadata.ClusterRecord;
import sluice.metadata.GatewayRecord;
import sluice.metadata.Items;
import sluice.metadata.Pause;
import sluice.uploader.HistoryLimits;

/** The engine of this process with all that it stands on, opened in order and closed in reverse. */
final class EngineProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);
    private static final int MAILBOX_MAX = 100_000;
    private static final int BACKGROUND_MAX = 64;

    private final Closer closer;
    private final GatewayEngine engine;
    private final Duration drainMax;

    private EngineProcess(Closer closer, GatewayEngine engine, Duration drainMax) {
        this.closer = closer;
        this.engine = engine;
        this.drainMax = drainMax;
    }

    /**
     * Waits for the stores, takes the disk, listens for peers, and starts the engine.
     *
     * @param httpAddress where clients reach this gateway, {@code host:port}
     * @param onLost told that the process must end, with the reason
     * @throws sluice.log.SluiceException if a store does not keep its word or stays out of reach
     */
    public static EngineProcess open(
            GatewayConfig config, Clock clock, String httpAddress, Consumer<String> onLost) {
        var closer = new Closer();
        try {
            return open(config, clock, httpAddress, onLost, closer);
        } catch (IOException e) {
            closer.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static EngineProcess open(
            GatewayConfig config,
            Clock clock,
            String httpAddress,
            Consumer<String> onLost,
            Closer closer)
            throws IOException {
        UUID wal = UUID.randomUUID();
        Pause pause = Pause.blocking();
        ExecutorService blocking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("blocking-", 0).factory());
        closer.own(blocking::shutdownNow);
        var stores = closer.own(new Stores(config, clock, pause, blocking));
        if (config.dev().createStores()) {
            stores.create();
        }
        stores.probe(wal.toString(), random());
        var items = new Items(stores.items(), random(), pause);
        ClusterRecord cluster = stores.cluster(items, UUID.randomUUID(), config.cluster().slots());
        var disk =
                closer.own(
                        FileWalDisk.open(
                                config.dataDir(),
                                cluster.id().toString(),
                                UUID::randomUUID,
                                DiskLimits.DEFAULT));
        var transport =
                closer.own(
                        TcpPeerTransport.open(
                                disk.diskId(),
                                cluster.id().toString(),
                                new InetSocketAddress(config.peer().host(), config.peer().port()),
                                TcpLimits.DEFAULT,
                                clock,
                                random()));
        var running = new AtomicReference<GatewayEngine>();
        Consumer<Throwable> onFailure =
                failure -> {
                    LOG.atError().setCause(failure).log("a lane failed; this process must end");
                    onLost.accept("a lane failed: " + failure);
                };
        var lane =
                closer.own(
                        ThreadLane.gathering(
                                "sluice-engine",
                                MAILBOX_MAX,
                                clock,
                                () -> {
                                    GatewayEngine present = running.get();
                                    if (present != null) {
                                        present.afterDrain();
                                    }
                                },
                                onFailure));
        var memberLane =
                closer.own(
                        new ThreadLane("sluice-member", MAILBOX_MAX, clock, () -> {}, onFailure));
        var groupLane =
                closer.own(
                        ThreadLane.gathering(
                                "sluice-groups", MAILBOX_MAX, clock, () -> {}, onFailure));
        var self =
                new GatewayRecord(
                        disk.diskId(),
                        wal,
                        0,
                        disk.age(),
                        httpAddress,
                        config.peer()
                                .advertised()
                                .orElse(config.peer().host() + ":" + transport.port()),
                        config.zone(),
                        false);
        var ports =
                new EnginePorts(
                        items,
                        stores.objects(),
                        disk,
                        transport,
                        lane,
                        memberLane,
                        groupLane,
                        new VirtualThreadBackground("sluice-background", BACKGROUND_MAX),
                        blocking,
                        pause,
                        EngineProcess::random,
                        HistoryLimits.DEFAULT);
        EngineLimits defaults =
                EngineLimits.defaults(
                        config.replicationFactor(),
                        config.cluster().expectedGateways(),
                        config.limits().diskBytesMax().asLongValue());
        EngineLimits limits =
                defaults.withMembersMin(config.membersMin().orElse(defaults.membersMin()))
                        .withMemberSlowFloor(config.slowMemberFloor());
        var engine = new GatewayEngine(ports, limits, cluster, wal, self, onLost);
        running.set(engine);
        lane.start();
        memberLane.start();
        groupLane.start();
        engine.start();
        LOG.atInfo()
                .addKeyValue("cluster", cluster.id())
                .addKeyValue("node", disk.diskId())
                .addKeyValue("wal", wal)
                .addKeyValue("peerAddress", self.peerAddress())
                .log("engine started");
        return new EngineProcess(closer, engine, config.drainMax());
    }

    private static RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom")
                .create(new SecureRandom().generateSeed(16));
    }

    public GatewayEngine engine() {
        return engine;
    }

    /** Drains the engine for a bounded time, then closes everything. */
    @Override
    public void close() {
        try {
            engine.drain().toCompletableFuture().get(drainMax.toMillis(), TimeUnit.MILLISECONDS);
            LOG.atInfo().log("drained: all of the wal is in objects");
        } catch (TimeoutException e) {
            LOG.atWarn()
                    .addKeyValue("waited", drainMax)
                    .log(
                            "not drained in time; another gateway, or the next start, recovers the wal");
        } catch (ExecutionException e) {
            LOG.atWarn().setCause(e).log("not drained; another gateway recovers the wal");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closer.close();
        }
    }
}
