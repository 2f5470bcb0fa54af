package sluice.consumer.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueRequest;
import sluice.metadata.QueueConfig;

/**
 * A queue group's sessions.
 *
 * <pre>
 *            open ─────────────▶ live ──── closed ───────────────▶ over
 *                                 │ ▲
 *            silent for the       │ │ heard of, resumed
 *            session's time       ▼ │
 *              its gateway is gone: in grace ── the grace passed ─▶ over
 *   found at a take-over ─────────▲
 * </pre>
 *
 * <p>A session's id tells the epoch of the coordinator that made it. One that this coordinator does
 * not know, but an earlier one may have made, is taken as live for some time after the take-over: a
 * session that had no message left no trace.
 */
final class SessionTable {

    static final int SESSIONS_MAX = 20_000;

    private static final int EPOCH_SHIFT = 24;
    private static final long CHANCE_MASK = (1L << EPOCH_SHIFT) - 1;

    private final long epoch;
    private final long takenNs;
    private final Supplier<UUID> ids;
    private final Map<UUID, QueueSession> sessions = new HashMap<>();
    private final NavigableMap<Long, QueueSession> inOrder = new TreeMap<>();
    private long lastNumber;

    /** By when they are looked at; sessions that are over are found out then. */
    private final PriorityQueue<QueueSession> looks =
            new PriorityQueue<>((a, b) -> Long.compare(a.lookNs - b.lookNs, 0));

    private QueueConfig config;

    SessionTable(QueueConfig config, long epoch, long takenNs, Supplier<UUID> ids) {
        this.config = config;
        this.epoch = epoch;
        this.takenNs = takenNs;
        this.ids = ids;
    }

    void configure(QueueConfig next) {
        config = next;
    }

    Collection<QueueSession> all() {
        return sessions.values();
    }

    boolean isEmpty() {
        return sessions.isEmpty();
    }

    @Nullable QueueSession get(UUID id) {
        return sessions.get(id);
    }

    private QueueSession add(UUID id, long nowNs) {
        if (sessions.size() >= SESSIONS_MAX) {
            throw QueueRefusals.tooManySessions(SESSIONS_MAX);
        }
        QueueSession session = put(id, nowNs);
        look(session, nowNs);
        return session;
    }

    private QueueSession put(UUID id, long nowNs) {
        var session = new QueueSession(id, ++lastNumber, nowNs);
        sessions.put(id, session);
        inOrder.put(session.number, session);
        return session;
    }

    /** The first one that has messages; if none has, the first one. */
    @Nullable QueueSession first() {
        for (QueueSession each : inOrder.values()) {
            if (!each.leases.isEmpty()) {
                return each;
            }
        }
        return inOrder.isEmpty() ? null : inOrder.firstEntry().getValue();
    }

    /** A call that waits puts the end off, and may be over sooner: no look is later than that. */
    private void look(QueueSession session, long nowNs) {
        long timeoutNs = config.sessionTimeout().toNanos();
        long endNs = session.endNs(timeoutNs);
        long latestNs = nowNs + timeoutNs;
        session.lookNs = endNs - latestNs > 0 ? latestNs : endNs;
        looks.add(session);
    }

    /** A new one. */
    QueueSession open(long nowNs) {
        UUID chance = ids.get();
        long low = epoch << EPOCH_SHIFT | chance.getLeastSignificantBits() & CHANCE_MASK;
        return add(new UUID(chance.getMostSignificantBits(), low), nowNs);
    }

    /**
     * One of which leases were found that another coordinator gave it. It has the grace to be heard
     * of.
     */
    QueueSession found(UUID id, long nowNs) {
        QueueSession session = put(id, nowNs);
        session.graceUntilNs = nowNs + config.reconnectGrace().toNanos();
        session.isFound = true;
        look(session, nowNs);
        return session;
    }

    /**
     * The session, if it lives here or may have lived with the coordinator before this one.
     *
     * @throws sluice.log.SluiceException NOT_FOUND {@code unknown-session}
     */
    QueueSession find(UUID id, long nowNs) {
        QueueSession session = sessions.get(id);
        if (session == null) {
            long epochOfId = id.getLeastSignificantBits() >>> EPOCH_SHIFT;
            Duration since = Duration.ofNanos(nowNs - takenNs);
            if (epochOfId >= epoch || since.compareTo(config.reconnectGrace()) > 0) {
                throw QueueRefusals.unknownSession(id);
            }
            session = add(id, nowNs);
            session.isAdopted = true;
        }
        return session;
    }

    /**
     * The session, of which something was heard.
     *
     * @throws sluice.log.SluiceException as {@link QueueRequest} says
     */
    QueueSession heard(UUID id, Optional<UUID> connection, long nowNs) {
        QueueSession session = find(id, nowNs);
        if (!session.connection.equals(connection)) {
            if (!session.isUnclaimed()) {
                throw QueueRefusals.fenced(id);
            }
            session.connection = connection;
        }
        session.heardNs = nowNs;
        return session;
    }

    void remove(QueueSession session) {
        sessions.remove(session.id, session);
        inOrder.remove(session.number);
    }

    /**
     * Those that are over by now; they are still in the table.
     *
     * @param isLost true of a node of which the gateway is gone: its sessions have the grace
     */
    List<QueueSession> over(long nowNs, Predicate<UUID> isLost) {
        var over = new ArrayList<QueueSession>();
        for (QueueSession next = looks.peek();
                next != null && next.lookNs - nowNs <= 0;
                next = looks.peek()) {
            looks.remove();
            if (sessions.get(next.id) != next) {
                continue;
            }
            if (next.node.filter(isLost).isPresent()) {
                long grace = next.heardNs + config.reconnectGrace().toNanos();
                next.graceUntilNs = grace - next.graceUntilNs > 0 ? grace : next.graceUntilNs;
            }
            if (next.endNs(config.sessionTimeout().toNanos()) - nowNs <= 0) {
                over.add(next);
            } else {
                look(next, nowNs);
            }
        }
        return over;
    }

    OptionalLong nextNs() {
        QueueSession next = looks.peek();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next.lookNs);
    }
}
