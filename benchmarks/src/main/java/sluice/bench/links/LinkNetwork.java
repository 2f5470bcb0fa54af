package sluice.bench.links;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * All links between the gateways of a cluster, led through proxies of our own: each gateway tells
 * the others the address of its proxy and not its own.
 *
 * <p>Gateways are named by index, from 0. A connection tells by its first bytes whose disks it
 * joins; {@link #name} says which gateway has which disk. Faults hold for connections that are
 * there and for those that come, in the one direction that is named, until {@link #heal}.
 */
public final class LinkNetwork implements AutoCloseable {

    private record Way(int from, int to) {}

    private final List<LinkProxy> proxies = new ArrayList<>();
    private final Map<UUID, Integer> disks = new HashMap<>();
    private final Map<Way, LinkState> states = new HashMap<>();
    private final Set<LinkConnection> connections = ConcurrentHashMap.newKeySet();

    /**
     * Chooses a free port of loopback for each gateway. The caller owns what is returned.
     *
     * @param targets where the gateways themselves listen, by index
     */
    public static LinkNetwork of(List<InetSocketAddress> targets) throws IOException {
        var network = new LinkNetwork();
        for (InetSocketAddress target : targets) {
            network.proxies.add(LinkProxy.of(target, network));
        }
        return network;
    }

    /** A gateway's process was started: its proxy listens as soon as it does. */
    public void started(int gateway, BooleanSupplier isAlive) {
        proxies.get(gateway).listenWith(isAlive);
    }

    /** A gateway's process is gone: who calls at its proxy is refused. */
    public void ended(int gateway) {
        proxies.get(gateway).close();
    }

    /** The port that gateway tells the others. */
    public int port(int gateway) {
        return proxies.get(gateway).port();
    }

    /** From now on that disk is that gateway's. */
    public synchronized void name(int gateway, UUID disk) {
        disks.put(disk, gateway);
        notifyAll();
    }

    /** Nothing that {@code from} sends arrives at {@code to}; the other direction is as before. */
    public void cut(int from, int to) {
        set(from, to, new LinkState(true, Duration.ZERO, 0));
    }

    /** Nothing arrives in either direction between that gateway and all others. */
    public void isolate(int gateway) {
        for (int other = 0; other < proxies.size(); other++) {
            if (other != gateway) {
                cut(gateway, other);
                cut(other, gateway);
            }
        }
    }

    public void delay(int from, int to, Duration delay) {
        set(from, to, new LinkState(false, delay, 0));
    }

    public void throttle(int from, int to, int bytesPerSecondMax) {
        set(from, to, new LinkState(false, Duration.ZERO, bytesPerSecondMax));
    }

    /** Ends all connections between the two; new ones may be made at once. */
    public void reset(int one, int other) {
        for (LinkConnection connection : connections) {
            Optional<Integer> dialler = gateway(connection.dialler());
            Optional<Integer> meant = gateway(connection.meant());
            if ((dialler.equals(Optional.of(one)) && meant.equals(Optional.of(other)))
                    || (dialler.equals(Optional.of(other)) && meant.equals(Optional.of(one)))) {
                connection.close();
            }
        }
    }

    /** Ends all faults. What waited behind a cut arrives now. */
    public synchronized void heal() {
        states.clear();
        notifyAll();
    }

    /** How many connections there are now, of all gateways. */
    public int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        proxies.forEach(LinkProxy::close);
        connections.forEach(LinkConnection::close);
        heal();
    }

    private synchronized void set(int from, int to, LinkState state) {
        states.put(new Way(from, to), state);
        notifyAll();
    }

    private synchronized Optional<Integer> gateway(UUID disk) {
        return Optional.ofNullable(disks.get(disk));
    }

    synchronized LinkState state(UUID from, UUID to) {
        Integer sender = disks.get(from);
        Integer receiver = disks.get(to);
        return sender == null || receiver == null
                ? LinkState.WHOLE
                : states.getOrDefault(new Way(sender, receiver), LinkState.WHOLE);
    }

    /** Waits until the way is not cut, or the connection is closed. */
    synchronized void awaitOpen(UUID from, UUID to, LinkConnection connection)
            throws InterruptedException {
        while (state(from, to).isCut() && !connection.isClosed()) {
            wait();
        }
    }

    synchronized void changed() {
        notifyAll();
    }

    void add(LinkConnection connection) {
        connections.add(connection);
    }

    void remove(LinkConnection connection) {
        connections.remove(connection);
    }
}
