package sluice.log.peer.tcp;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.peer.PeerTransport.Link;
import sluice.log.peer.PeerTransport.Listener;

/**
 * The connections that carry links, one at a time for each peer and link. A newer connection takes
 * the place of an older one: who dials has one at most, so the older one is dead for it.
 *
 * <p>What the listener hears of one link comes in order, from one thread at a time: connected,
 * frames, disconnected, and only then of the next connection.
 */
final class Links {

    private static final Logger LOGGER = LoggerFactory.getLogger(Links.class);

    private final Listener listener;
    private final Map<Link, Map<UUID, Slot>> slots = new EnumMap<>(Link.class);
    private volatile boolean closed;

    Links(Listener listener) {
        this.listener = listener;
        for (Link link : Link.values()) {
            slots.put(link, new ConcurrentHashMap<>());
        }
    }

    /** Where one link's connections take turns; there only while there is one. */
    private static final class Slot {
        private final ReentrantLock turn = new ReentrantLock();
        private int users;
        private @Nullable Connection latest;
        private volatile @Nullable Connection up;
    }

    /** Carries the link on the calling thread until the connection ends. */
    void carry(Connection connection) {
        Slot slot = enter(connection);
        try {
            slot.turn.lock();
            try {
                if (!connection.isClosed() && !closed) {
                    carryInTurn(connection, slot);
                }
            } finally {
                slot.turn.unlock();
            }
        } finally {
            connection.close("its turn is over");
            leave(connection);
        }
    }

    private void carryInTurn(Connection connection, Slot slot) {
        UUID peer = connection.peer();
        Link link = connection.link();
        Consumer<ByteBuffer> onFrame = frame -> listener.received(peer, link, frame);
        LOGGER.atInfo().addKeyValue("peer", peer).addKeyValue("link", link).log("link up");
        slot.up = connection;
        try {
            listener.connected(peer, link);
            connection.carry(onFrame);
        } finally {
            slot.up = null;
            listener.disconnected(peer, link);
        }
    }

    private Slot enter(Connection connection) {
        Slot entered =
                of(connection.link())
                        .compute(
                                connection.peer(),
                                (peer, present) -> {
                                    Slot slot = present == null ? new Slot() : present;
                                    slot.users++;
                                    if (slot.latest != null) {
                                        slot.latest.close("a newer connection takes its place");
                                    }
                                    slot.latest = connection;
                                    return slot;
                                });
        assert entered != null : "just made";
        return entered;
    }

    private void leave(Connection connection) {
        of(connection.link())
                .computeIfPresent(
                        connection.peer(), (peer, slot) -> --slot.users == 0 ? null : slot);
    }

    @Nullable Connection up(UUID peer, Link link) {
        Slot slot = of(link).get(peer);
        return slot == null ? null : slot.up;
    }

    /** Ends the connections of one peer. */
    void close(UUID peer, String reason) {
        for (Link link : Link.values()) {
            of(link).computeIfPresent(peer, (id, slot) -> closeLatest(slot, reason));
        }
    }

    /** Ends all connections, also those that come later. */
    void closeAll(String reason) {
        closed = true;
        for (Link link : Link.values()) {
            for (UUID peer : of(link).keySet()) {
                close(peer, reason);
            }
        }
    }

    private static Slot closeLatest(Slot slot, String reason) {
        if (slot.latest != null) {
            slot.latest.close(reason);
        }
        return slot;
    }

    void tick() {
        for (Link link : Link.values()) {
            for (Slot slot : of(link).values()) {
                Connection connection = slot.up;
                if (connection != null) {
                    connection.tick();
                }
            }
        }
    }

    private Map<UUID, Slot> of(Link link) {
        return Objects.requireNonNull(slots.get(link), "there is one for each link");
    }
}
