package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages that are leased, came back, or are dead letters, and ways to find them. */
final class HeldMessages {

    private static final Comparator<Message> BY_READY =
            Comparator.comparingLong(Message::readyMs).thenComparingLong(Message::offset);

    private static final Comparator<Message> BY_DEADLINE =
            Comparator.comparingLong((Message each) -> each.deadlineMs().orElse(Long.MAX_VALUE))
                    .thenComparingLong(Message::offset);

    private final TreeMap<Long, Message> byOffset = new TreeMap<>();
    private final TreeSet<Message> returned = new TreeSet<>(BY_READY);
    private final Map<Line, TreeSet<Message>> returnedByLine = new TreeMap<>();
    private final TreeSet<Message> deadlines = new TreeSet<>(BY_DEADLINE);
    private final TreeSet<Long> dead = new TreeSet<>();
    private final Map<UUID, TreeSet<Long>> bySession = new HashMap<>();
    private final TenantLoads loads = new TenantLoads();

    boolean isEmpty() {
        return byOffset.isEmpty();
    }

    int size() {
        return byOffset.size();
    }

    @Nullable Message get(long offset) {
        return byOffset.get(offset);
    }

    NavigableMap<Long, Message> byOffset() {
        return byOffset;
    }

    /** By the time at which they are ready, then by offset. */
    NavigableSet<Message> returned() {
        return returned;
    }

    /** The same by line, those lines alone that have any. */
    Map<Line, TreeSet<Message>> returnedByLine() {
        return returnedByLine;
    }

    /** When the next of those that came back is ready; {@link Long#MAX_VALUE} if all are. */
    long nextReadyMs(long nowMs) {
        Message next = returned.higher(Message.lastReadyAt(nowMs));
        return next == null ? Long.MAX_VALUE : next.readyMs();
    }

    NavigableSet<Long> dead() {
        return dead;
    }

    TenantLoads loads() {
        return loads;
    }

    int inFlight() {
        return byOffset.size() - returned.size() - dead.size();
    }

    OptionalLong nextDeadlineMs() {
        return deadlines.isEmpty() ? OptionalLong.empty() : deadlines.first().deadlineMs();
    }

    /** Leases whose deadline is not after that. */
    List<Message> pastDeadline(long nowMs) {
        var past = new ArrayList<Message>();
        for (Message each : deadlines) {
            if (each.deadlineMs().orElse(Long.MAX_VALUE) > nowMs) {
                break;
            }
            past.add(each);
        }
        return past;
    }

    List<Message> ofSession(UUID session) {
        TreeSet<Long> offsets = bySession.get(session);
        if (offsets == null) {
            return List.of();
        }
        var found = new ArrayList<Message>(offsets.size());
        for (long offset : offsets) {
            Message message = byOffset.get(offset);
            assert message != null : "of a session but not held: offset=" + offset;
            found.add(message);
        }
        return found;
    }

    void put(Message message) {
        Message before = byOffset.put(message.offset(), message);
        if (before != null) {
            unlink(before);
        }
        switch (message.state()) {
            case RETURNED -> {
                returned.add(message);
                returnedByLine
                        .computeIfAbsent(message.mark().line(), _ -> new TreeSet<>(BY_READY))
                        .add(message);
            }
            case DEAD -> dead.add(message.offset());
            case LEASED -> {
                loads.leased(message);
                if (message.deadlineMs().isPresent()) {
                    deadlines.add(message);
                }
                message.session()
                        .ifPresent(session ->
                                bySession
                                        .computeIfAbsent(session, _ -> new TreeSet<>())
                                        .add(message.offset()));
            }
        }
    }

    /** Returns what was there. */
    @Nullable Message remove(long offset) {
        Message message = byOffset.remove(offset);
        if (message != null) {
            unlink(message);
        }
        return message;
    }

    private void unlink(Message message) {
        switch (message.state()) {
            case RETURNED -> {
                returned.remove(message);
                Line line = message.mark().line();
                TreeSet<Message> ofLine = returnedByLine.get(line);
                if (ofLine != null && ofLine.remove(message) && ofLine.isEmpty()) {
                    returnedByLine.remove(line);
                }
            }
            case DEAD -> dead.remove(message.offset());
            case LEASED -> {
                loads.ended(message);
                if (message.deadlineMs().isPresent()) {
                    deadlines.remove(message);
                }
                message.session().ifPresent(session -> unlink(session, message.offset()));
            }
        }
    }

    private void unlink(UUID session, long offset) {
        TreeSet<Long> offsets = bySession.get(session);
        if (offsets != null && offsets.remove(offset) && offsets.isEmpty()) {
            bySession.remove(session);
        }
    }

    void clear() {
        byOffset.clear();
        returned.clear();
        returnedByLine.clear();
        deadlines.clear();
        dead.clear();
        bySession.clear();
        loads.clear();
    }
}
