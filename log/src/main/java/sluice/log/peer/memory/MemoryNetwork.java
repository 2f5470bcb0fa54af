package sluice.log.peer.memory;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import sluice.log.lane.Delay;
import sluice.log.lane.Scheduler;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.PeerTransport.Link;

/**
 * The network of a simulated world. It behaves as TCP does between the gateways: a connection for
 * each pair and link, dialled by the smaller id; order kept within a connection; a lost connection
 * loses what was in flight; a cut way is noticed only by its silence.
 *
 * <p>All of it runs on one thread. Whatever happens at a node is an event of the node's scheduler,
 * so a node that is killed or paused there neither hears nor tells anything. A killed process is
 * told to the network by {@link #crash}, which is its operating system closing its sockets. Nobody
 * pings here: for a node that is stopped and whose peers shall notice, use {@link #cutOff}.
 */
public final class MemoryNetwork {

    private record Way(UUID from, UUID to) {}

    private final RandomGenerator random;
    private final Delay latency;
    private final NetworkLimits limits;
    private final Map<UUID, MemoryPeerTransport> nodes = new HashMap<>();
    private final Set<MemoryConnection> connections = new LinkedHashSet<>();
    private final Set<Way> cuts = new HashSet<>();
    private final Map<Way, Integer> cutCounts = new HashMap<>();
    private final Map<Way, Delay> delays = new HashMap<>();
    private final Map<UUID, Integer> lingering = new HashMap<>();

    /**
     * A network without nodes.
     *
     * @param latency of a frame, drawn for each
     */
    public MemoryNetwork(RandomGenerator random, Delay latency, NetworkLimits limits) {
        this.random = random;
        this.latency = latency;
        this.limits = limits;
    }

    /**
     * The transport of a new process at this node. A process that was there before is gone.
     *
     * @param scheduler of that process; what it drops never happens
     */
    public PeerTransport transport(UUID node, Scheduler scheduler) {
        crash(node);
        var transport = new MemoryPeerTransport(this, node, scheduler);
        nodes.put(node, transport);
        return transport;
    }

    /** The node's process is gone; its peers' connections are reset. */
    public void crash(UUID node) {
        MemoryPeerTransport gone = nodes.get(node);
        if (gone != null) {
            gone.crashed();
        }
    }

    /**
     * As {@link #crash}, but the operating system is slow to close the socket that listens: so many
     * knocks still find it.
     */
    public void crash(UUID node, int knocksHeard) {
        crash(node);
        lingering.put(node, knocksHeard);
    }

    private boolean lingers(UUID node) {
        return lingering.computeIfPresent(node, (_, left) -> left > 0 ? left - 1 : null) != null;
    }

    /** The process has no sockets any more. */
    void gone(MemoryPeerTransport transport) {
        nodes.remove(transport.self(), transport);
        for (MemoryConnection connection : List.copyOf(connections)) {
            if (connection.hasEnd(transport)) {
                tellOther(connection, transport);
            }
        }
    }

    /** Cuts one way; the other stays open. Its receiver notices after some seconds of silence. */
    public void cut(UUID from, UUID to) {
        var way = new Way(from, to);
        if (!cuts.add(way)) {
            return;
        }
        int count = cutCounts.merge(way, 1, Integer::sum);
        for (MemoryConnection connection : List.copyOf(connections)) {
            MemoryPeerTransport receiver = nodes.get(to);
            if (receiver != null && connection.isBetween(from, to)) {
                receiver.scheduler()
                        .schedule(
                                limits.silenceMax(),
                                () -> dropIfStillCut(connection, receiver, way, count));
            }
        }
    }

    private void dropIfStillCut(
            MemoryConnection connection, MemoryPeerTransport receiver, Way way, int count) {
        boolean stillCut = cuts.contains(way) && cutCounts.getOrDefault(way, 0) == count;
        if (stillCut && !connection.isDead()) {
            drop(connection, receiver);
        }
    }

    /** Opens one way again; what waited goes on. */
    public void heal(UUID from, UUID to) {
        if (cuts.remove(new Way(from, to))) {
            for (MemoryConnection connection : List.copyOf(connections)) {
                connection.healed(from, to);
            }
        }
    }

    /** Cuts all ways to and from a node. */
    public void cutOff(UUID node) {
        for (UUID other : sortedNodes()) {
            if (!other.equals(node)) {
                cut(node, other);
                cut(other, node);
            }
        }
    }

    /** Opens all ways. */
    public void healAll() {
        for (Way way : cuts.stream().sorted(MemoryNetwork::compare).toList()) {
            heal(way.from(), way.to());
        }
    }

    /** Makes one way slower, or faster, than the others from now on. */
    public void slow(UUID from, UUID to, Delay delay) {
        delays.put(new Way(from, to), delay);
    }

    /** Resets the connection of a link: what is in flight is lost, both ends are told. */
    public void reset(UUID one, UUID other, Link link) {
        for (MemoryConnection connection : List.copyOf(connections)) {
            if (connection.link() == link && connection.isBetween(one, other)) {
                MemoryPeerTransport end = nodes.get(one);
                if (end != null) {
                    end.scheduler().schedule(delay(other, one), () -> end.down(connection));
                    tellOther(connection, end);
                }
            }
        }
    }

    /** One end gives a connection up now; the other learns it from the reset, or from silence. */
    void drop(MemoryConnection connection, MemoryPeerTransport end) {
        if (!connection.isDead()) {
            tellOther(connection, end);
        }
        end.down(connection);
    }

    /** The connection is dead; the end other than {@code end} will notice. */
    void tellOther(MemoryConnection connection, MemoryPeerTransport end) {
        connection.die();
        connections.remove(connection);
        MemoryPeerTransport other = connection.otherThan(end);
        Duration until =
                isCut(end.self(), other.self())
                        ? limits.silenceMax()
                        : delay(end.self(), other.self());
        other.scheduler().schedule(until, () -> other.down(connection));
    }

    /** False if nobody answers there: the dialler tries again. */
    boolean connect(MemoryPeerTransport dialler, UUID peer, Link link) {
        MemoryPeerTransport acceptor = nodes.get(peer);
        if (acceptor == null
                || !acceptor.isListening()
                || isCut(dialler.self(), peer)
                || isCut(peer, dialler.self())) {
            return false;
        }
        var connection = new MemoryConnection(this, dialler, acceptor, link);
        connections.add(connection);
        connection.open();
        dialler.scheduler().schedule(limits.silenceMax(), () -> giveUpIfNotUp(connection, dialler));
        return true;
    }

    /**
     * Tells the knocker what a connection would: an answer, a refusal, or after a while nothing.
     */
    void knock(MemoryPeerTransport knocker, UUID peer, Consumer<PeerTransport.Reach> told) {
        UUID from = knocker.self();
        MemoryPeerTransport acceptor = nodes.get(peer);
        if (isCut(from, peer) || isCut(peer, from)) {
            knocker.scheduler()
                    .schedule(limits.silenceMax(), () -> told.accept(PeerTransport.Reach.SILENT));
            return;
        }
        boolean isListening = acceptor != null ? acceptor.isListening() : lingers(peer);
        knocker.scheduler()
                .schedule(
                        delay(from, peer).plus(delay(peer, from)),
                        () ->
                                told.accept(
                                        isListening
                                                ? PeerTransport.Reach.LISTENING
                                                : PeerTransport.Reach.REFUSED));
    }

    private void giveUpIfNotUp(MemoryConnection connection, MemoryPeerTransport dialler) {
        if (!connection.isDead() && !dialler.isUp(connection)) {
            drop(connection, dialler);
        }
    }

    boolean isCut(UUID from, UUID to) {
        return cuts.contains(new Way(from, to));
    }

    Duration delay(UUID from, UUID to) {
        return delays.getOrDefault(new Way(from, to), latency).draw(random);
    }

    Duration redialDelay() {
        return limits.redial().draw(random);
    }

    NetworkLimits limits() {
        return limits;
    }

    private List<UUID> sortedNodes() {
        return nodes.keySet().stream().sorted().toList();
    }

    private static int compare(Way one, Way other) {
        int byFrom = one.from().compareTo(other.from());
        return byFrom != 0 ? byFrom : one.to().compareTo(other.to());
    }
}
