package sluice.engine;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.WalDisk;
import sluice.metadata.Items;
import sluice.metadata.Pause;
import sluice.uploader.HistoryLimits;
import sluice.uploader.ObjectStore;

/**
 * What an engine needs of the world; whoever makes it owns it and closes it after the engine.
 *
 * @param items metadata
 * @param lane the engine's; its mailbox's {@code afterDrain} must call {@link
 *     GatewayEngine#afterDrain}
 * @param memberLane of this gateway's disk as a member
 * @param groupLane of the groups that this gateway coordinates
 * @param background blocking work of the engine's
 * @param blocking blocking work of callers
 * @param pause waits of blocking work
 * @param randoms each call gives a generator of its own
 */
public record EnginePorts(
        Items items,
        ObjectStore objects,
        WalDisk disk,
        PeerTransport transport,
        Lane lane,
        Lane memberLane,
        Lane groupLane,
        Background background,
        Executor blocking,
        Pause pause,
        Supplier<RandomGenerator> randoms,
        HistoryLimits history) {}
