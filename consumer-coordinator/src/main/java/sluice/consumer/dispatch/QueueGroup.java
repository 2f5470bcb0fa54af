package sluice.consumer.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.metadata.QueueConfig;

/**
 * A queue group as its coordinator sees it: sessions, what they have, and what they get next.
 *
 * <p>Nothing of it is stored. What it must know after a take-over it is told by the partitions'
 * owners, whose word on leases is the last. It keeps to this:
 *
 * <ul>
 *   <li>Q1 nobody is given more than his credit, nor all together more than the group's limit;
 *   <li>Q2 when a session ends, all that it has goes back, and what is still on its way to it too;
 *   <li>Q3 nobody who is free waits while something is known to be ready;
 *   <li>Q4 of equally loaded ones, who has waited longest is served first; partitions take turns;
 *   <li>Q5 an answer that was lost is given again, or what was in it goes back;
 *   <li>Q6 of a group with one active session, nobody else is given anything.
 * </ul>
 */
public final class QueueGroup {

    /** All the credit that a connection may have, and twice as much that is being settled. */
    private static final int HELD_MAX = 30_000;

    private final QueueEffects effects;
    private final SessionTable sessions;
    private final Handout handout;
    private QueueConfig config;

    /**
     * @param epoch of the group's slot here
     * @param firstNumber numbers of requests to owners begin after it; greater than all that were
     *     used in this epoch
     * @param ids unguessable, never the same twice
     */
    public QueueGroup(
            QueueConfig config,
            long epoch,
            long firstNumber,
            Supplier<UUID> ids,
            QueueEffects effects,
            long nowNs) {
        this.config = config;
        this.effects = effects;
        this.sessions = new SessionTable(config, epoch, nowNs, ids);
        this.handout = new Handout(effects, sessions, ids, firstNumber);
        follow(config);
    }

    private void follow(QueueConfig next) {
        handout.dispatcher()
                .configure(next.inFlightMax(), next.isPaused(), next.choice().isByPriority());
        handout.configure(next.activeConsumer() == QueueConfig.ActiveConsumer.SINGLE);
    }

    public QueueConfig config() {
        return config;
    }

    public void configure(QueueConfig next, long nowNs) {
        config = next;
        sessions.configure(next);
        follow(next);
        handout.settle(nowNs);
    }

    /** The partitions that the group reads now; what was out of others is forgotten. */
    public void follow(Collection<TopicPartition> partitions, long nowNs) {
        handout.follow(partitions);
        handout.settle(nowNs);
    }

    /** True if nobody would miss it. */
    public boolean isIdle() {
        return sessions.isEmpty()
                && handout.receives().isEmpty()
                && handout.dispatcher().inFlight() == 0;
    }

    public boolean hasSessions() {
        return !sessions.isEmpty();
    }

    /** True if the owners of all partitions told what is out. */
    public boolean isAllKnown() {
        return handout.isAllKnown();
    }

    /** Messages that somebody has, or that are on their way. */
    public int inFlight() {
        return handout.dispatcher().inFlight();
    }

    /**
     * @throws SluiceException as {@link QueueRequest.Open} says
     */
    public QueueReply.Opened open(QueueRequest.Open request, long nowNs) {
        QueueSession session;
        var lost = new ArrayList<DeliveryId>();
        if (request.resume().isPresent()) {
            QueueRequest.Resume resume = request.resume().get();
            if (resume.held().size() > HELD_MAX) {
                throw QueueRefusals.badNumber("held", resume.held().size(), "0.." + HELD_MAX);
            }
            session = sessions.find(resume.session(), nowNs);
            resume(session, new HashSet<>(resume.held()));
            if (handout.isAllKnown()) {
                lost.addAll(resume.held());
                lost.removeAll(session.leases);
            }
        } else {
            session = sessions.open(nowNs);
        }
        session.connection = request.connection();
        session.prefetch = request.prefetch() < 0 ? config.prefetch() : request.prefetch();
        session.client = request.client();
        session.gateway = request.gateway();
        session.node = Optional.of(request.node());
        session.heardNs = nowNs;
        session.graceUntilNs = nowNs;
        handout.settle(nowNs);
        return new QueueReply.Opened(session.id, session.prefetch, config, lost);
    }

    /** What it does not say it holds never arrived. */
    private void resume(QueueSession session, Set<DeliveryId> held) {
        Receiving waiting = session.taker.receiving;
        if (waiting != null) {
            handout.receives().cancel(waiting);
        }
        var back = new ArrayList<Lease>();
        for (DeliveryId each : List.copyOf(session.leases)) {
            Lease lease = handout.leases().get(each);
            if (lease != null && !held.contains(each)) {
                back.add(lease);
                handout.leases().remove(each);
            }
        }
        handout.giveBack(session.taker.session(), back);
        session.claimed = held;
        handout.awaits(session, held);
        session.isFound = false;
        session.isAdopted = false;
        session.unconfirmed = null;
        session.answers = 0;
        handout.touch(session.taker);
    }

    /**
     * Takes messages; the receiver is told at once or later, and once.
     *
     * @throws SluiceException as {@link QueueRequest.Receive} says; then the receiver is not told
     */
    public void receive(QueueRequest.Receive request, Receiver receiver, long nowNs) {
        Receives.check(request);
        if (request.session().isEmpty()) {
            if (config.activeConsumer() == QueueConfig.ActiveConsumer.SINGLE) {
                throw QueueRefusals.sessionNeeded();
            }
            handout.touch(handout.receives().beginWithout(request, receiver, nowNs));
        } else {
            QueueSession session =
                    sessions.heard(request.session().get(), request.connection(), nowNs);
            if ((session.isFound || session.isAdopted) && request.received() >= 0) {
                throw QueueRefusals.moved(session.id);
            }
            var back = new ArrayList<Lease>();
            try {
                handout.receives().begin(session, request, receiver, back, nowNs);
            } finally {
                back.forEach(each -> handout.leases().remove(each.delivery()));
                handout.giveBack(session.taker.session(), back);
                handout.touch(session.taker);
            }
        }
        handout.settle(nowNs);
    }

    /**
     * Notes that these sessions live.
     *
     * @return those that do not
     */
    public List<UUID> beat(List<QueueRequest.Sign> signs, long nowNs) {
        var unknown = new ArrayList<UUID>();
        for (QueueRequest.Sign each : signs) {
            try {
                QueueSession session = sessions.heard(each.session(), each.connection(), nowNs);
                if (each.received() >= 0) {
                    Receives.confirm(session, each.received());
                }
            } catch (SluiceException e) {
                unknown.add(each.session());
            }
        }
        return unknown;
    }

    /**
     * Notes that a session lives that settles something; what becomes of it the owners decide.
     *
     * @throws SluiceException as {@link QueueRequest.Settle} says
     */
    public void settles(QueueRequest.Settle request, long nowNs) {
        if (request.session().isPresent()) {
            sessions.heard(request.session().get(), request.connection(), nowNs);
        }
    }

    /** What an owner said of settlements, and how much it has ready now. */
    public void settled(
            TopicPartition partition,
            List<QueueRequest.Item> items,
            List<Settlement.Result> results,
            Backlog backlog,
            long nowNs) {
        for (int i = 0; i < items.size(); i++) {
            settled(items.get(i), results.get(i), nowNs);
        }
        handout.hinted(partition, backlog);
        handout.settle(nowNs);
    }

    private void settled(QueueRequest.Item item, Settlement.Result result, long nowNs) {
        switch (result) {
            case Settlement.Result.Done _ -> {
                if (item.outcome() instanceof Settlement.Outcome.Extend(Duration visibility)) {
                    handout.leases().extended(item.delivery(), nowNs + visibility.toNanos());
                } else {
                    handout.over(item.delivery());
                }
            }
            case Settlement.Result.Refused(Settlement.Refusal refusal, _) -> {
                if (refusal != Settlement.Refusal.FOREIGN_SESSION) {
                    handout.over(item.delivery());
                }
            }
        }
    }

    /**
     * Ends a session, unless it has another connection by now. One that this coordinator was not
     * told of yet has ended too, and so has one of which it does not know the connection.
     */
    public void close(QueueRequest.Close request, long nowNs) {
        QueueSession session = sessions.get(request.session());
        if (session == null) {
            handout.isOver(request.session());
        } else if (session.connection.equals(request.connection()) || session.isUnclaimed()) {
            end(session);
            handout.settle(nowNs);
        }
    }

    private void end(QueueSession session) {
        sessions.remove(session);
        handout.isOver(session.id);
        session.taker.isOver = true;
        Receiving waiting = session.taker.receiving;
        if (waiting != null) {
            handout.receives().fail(waiting, QueueRefusals.unknownSession(session.id));
        }
        for (TopicPartition each : handout.leases().removeAll(session)) {
            effects.endSession(each, session.id);
        }
        handout.touch(session.taker);
    }

    /**
     * What a request brought, {@link QueueEffects#acquire}.
     *
     * @param queue id of the group's queue of the topic
     * @param granted in the order of its grants
     */
    public void acquired(
            long number, long queue, List<List<Delivery>> granted, Backlog backlog, long nowNs) {
        handout.acquired(number, queue, granted, backlog, nowNs);
        handout.settle(nowNs);
    }

    /** What a request brought is not known: the owner is asked anew what is out. */
    public void acquireFailed(long number, long nowNs) {
        handout.acquireFailed(number);
        handout.settle(nowNs);
    }

    /** A watch is over. */
    public void watched(TopicPartition partition, Backlog backlog, long nowNs) {
        handout.watched(partition, backlog);
        handout.settle(nowNs);
    }

    /** An owner said by the way how much it has. */
    public void hinted(TopicPartition partition, Backlog backlog, long nowNs) {
        handout.hinted(partition, backlog);
        handout.settle(nowNs);
    }

    /** The owner cannot be asked, or is another one now, or all leases there are over. */
    public void lost(TopicPartition partition, long nowNs) {
        handout.lost(partition);
        handout.settle(nowNs);
    }

    /**
     * The owner serves this coordinator, and told all leases in flight.
     *
     * @param queue id of the group's queue of the topic
     */
    public void attached(
            TopicPartition partition,
            long queue,
            Backlog backlog,
            List<PartitionReply.Lease> found,
            long nowNs) {
        handout.attached(partition, queue, backlog, found, nowNs);
        handout.settle(nowNs);
    }

    /**
     * Ends what is over by now.
     *
     * @param isLost true of a node of which the gateway is gone
     */
    public void tick(Predicate<UUID> isLost, long nowNs) {
        sessions.over(nowNs, isLost).forEach(this::end);
        handout.leases().expire(nowNs).forEach(handout::touch);
        handout.receives().due(nowNs).forEach(handout::touch);
        handout.settle(nowNs);
    }

    /** When {@link #tick} is to be called next. */
    public OptionalLong nextTickNs() {
        return earlier(
                earlier(sessions.nextNs(), handout.receives().nextNs()),
                earlier(handout.leases().nextNs(), handout.dispatcher().nextNs()));
    }

    private static OptionalLong earlier(OptionalLong a, OptionalLong b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        return a.getAsLong() - b.getAsLong() <= 0 ? a : b;
    }

    /** Sessions as they are now. */
    public List<QueueReply.Session> describe(long nowNs) {
        return sessions.all().stream().map(each -> describe(each, nowNs)).toList();
    }

    /** What a session has, as far as the coordinator knows. */
    public List<Lease> leases(UUID session) {
        QueueSession found = sessions.get(session);
        return found == null
                ? List.of()
                : found.leases.stream()
                        .map(handout.leases()::get)
                        .filter(Objects::nonNull)
                        .toList();
    }

    private QueueReply.Session describe(QueueSession session, long nowNs) {
        return new QueueReply.Session(
                session.id,
                session.client,
                session.gateway,
                session.prefetch,
                session.leases.size(),
                handout.isActive(session.taker),
                session.taker.credit() > 0,
                Duration.ofNanos(Math.max(0, nowNs - session.heardNs)));
    }

    /** Nothing is given out any more, and whoever waits is told why. */
    public void stop(SluiceException why) {
        handout.dispatcher().configure(0, true, false);
        handout.receives().failAll(why);
    }
}
