package sluice.consumer.dispatch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.dispatch.Dispatcher.Grant;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;

/** The group's partitions, what was asked of their owners, and what comes of it. */
final class Handout implements Dispatcher.Out {

    private record Acquiring(Source source, List<Grant> grants) {}

    private final QueueEffects effects;
    private final Dispatcher dispatcher = new Dispatcher(this);
    private final LeaseBook leases = new LeaseBook(dispatcher);
    private final SessionTable sessions;
    private final ActiveSession active;
    private final Receives receives;
    private final Map<TopicPartition, Source> sources = new LinkedHashMap<>();

    /** Partitions of which the owner told what is out since this coordinator is there. */
    private final Set<Source> known = new HashSet<>();

    /** False while it is not known which partitions there are. */
    private boolean isFollowing;

    private final Map<Long, Acquiring> acquiring = new HashMap<>();

    /** Sessions that ended before all owners had told what is out. */
    private final Set<UUID> ended = new HashSet<>();

    /** Sessions that hold something of which the owners have not told yet. */
    private final Set<QueueSession> awaiting = new LinkedHashSet<>();

    private final Set<Taker> touched = new LinkedHashSet<>();
    private long lastNumber;

    Handout(QueueEffects effects, SessionTable sessions, Supplier<UUID> ids, long firstNumber) {
        this.effects = effects;
        this.sessions = sessions;
        this.active = new ActiveSession(sessions);
        this.receives = new Receives(leases, ids);
        this.lastNumber = firstNumber;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    LeaseBook leases() {
        return leases;
    }

    Receives receives() {
        return receives;
    }

    /** True if it is known of all partitions what was out at the take-over. */
    boolean isAllKnown() {
        return isFollowing && known.size() == sources.size();
    }

    /** The session said what it holds; what nobody told of counts as its load until then. */
    void awaits(QueueSession session, Set<DeliveryId> held) {
        session.untold.clear();
        if (!isAllKnown()) {
            session.untold.addAll(held);
            session.untold.removeAll(session.leases);
            awaiting.add(session);
        }
    }

    /** The session has ended: what owners tell of it from now on goes back. */
    void isOver(UUID session) {
        if (!isAllKnown() && ended.size() < SessionTable.SESSIONS_MAX) {
            ended.add(session);
        }
    }

    /**
     * @param single true: one session at a time is given messages
     */
    void configure(boolean single) {
        if (active.configure(single)) {
            sessions.all().forEach(each -> touched.add(each.taker));
        }
    }

    boolean isActive(Taker taker) {
        return active.mayTake(taker);
    }

    /** What the taker would take may be another number now. */
    void touch(Taker taker) {
        touched.add(taker);
    }

    void follow(Collection<TopicPartition> partitions) {
        isFollowing = true;
        Set<TopicPartition> wanted = new HashSet<>(partitions);
        for (Source each : List.copyOf(sources.values())) {
            if (!wanted.contains(each.partition)) {
                sources.remove(each.partition);
                known.remove(each);
                dispatcher.close(each);
                touched.addAll(leases.retain(each.partition, Set.of()));
            }
        }
        for (TopicPartition each : partitions) {
            if (!sources.containsKey(each)) {
                sources.put(each, new Source(each));
                effects.attach(each);
            }
        }
    }

    private @Nullable Source current(TopicPartition partition) {
        return sources.get(partition);
    }

    private boolean isCurrent(Source source) {
        return sources.get(source.partition) == source;
    }

    @Override
    public void acquire(Source source, List<Grant> grants) {
        long number = ++lastNumber;
        acquiring.put(number, new Acquiring(source, grants));
        var asked = new ArrayList<PartitionRequest.Grant>(grants.size());
        for (Grant each : grants) {
            Receiving receiving = requireNonNull(each.taker().receiving);
            each.taker().asked += each.messages();
            asked.add(
                    new PartitionRequest.Grant(
                            each.taker().session(),
                            each.messages(),
                            receiving.bytesFor(each.messages()),
                            receiving.visibility));
        }
        effects.acquire(source.partition, number, asked);
    }

    @Override
    public void watch(Source source, boolean rested, int above) {
        effects.watch(source.partition, rested, above);
    }

    /**
     * @param queue id of the group's queue of the topic
     */
    void acquired(
            long number, long queue, List<List<Delivery>> granted, Backlog backlog, long nowNs) {
        Acquiring each = requireNonNull(acquiring.remove(number));
        assert granted.size() == each.grants.size() : "number=" + number;
        int served = 0;
        for (int i = 0; i < granted.size(); i++) {
            served += granted.get(i).size();
            granted(each.source, queue, each.grants.get(i), granted.get(i), nowNs);
        }
        dispatcher.acquired(each.source, served, backlog.level(), ready(backlog));
        attachIfLost(each.source);
    }

    /** Of the highest priority alone: the others come when those are gone. */
    private static long ready(Backlog backlog) {
        return backlog.isFull() ? 0 : backlog.ofLevel();
    }

    private void granted(
            Source source, long queue, Grant grant, List<Delivery> deliveries, long nowNs) {
        Taker taker = grant.taker();
        taker.asked -= grant.messages();
        touched.add(taker);
        Receiving receiving = taker.isOver || !isCurrent(source) ? null : taker.receiving;
        dispatcher.served(
                source, grant, receiving == null ? 0 : deliveries.size(), receiving != null);
        var back = new ArrayList<Lease>();
        for (Delivery each : deliveries) {
            TopicPartition partition = source.partition;
            var id =
                    new DeliveryId(
                            queue, partition.partition(), each.record().offset(), each.lease());
            var lease = new Lease(id, partition, each.count(), each.firstAtMs(), each.deadlineMs());
            if (receiving != null) {
                receives.got(receiving, lease, each.record(), nowNs);
            } else {
                back.add(lease);
            }
        }
        giveBack(taker.session(), back);
    }

    void acquireFailed(long number) {
        Acquiring each = requireNonNull(acquiring.remove(number));
        for (Grant grant : each.grants) {
            Taker taker = grant.taker();
            taker.asked -= grant.messages();
            touched.add(taker);
            dispatcher.served(each.source, grant, 0, !taker.isOver && taker.receiving != null);
        }
        dispatcher.close(each.source);
        dispatcher.acquired(each.source, 0, Backlog.NO_LEVEL, 0);
        attachIfLost(each.source);
    }

    /** What is out is asked only when nothing is under way any more that could change it. */
    private void attachIfLost(Source source) {
        if (!source.isOpen && source.calls == 0 && isCurrent(source)) {
            effects.attach(source.partition);
        }
    }

    void watched(TopicPartition partition, Backlog backlog) {
        Source source = current(partition);
        if (source != null) {
            dispatcher.watched(source, backlog.level(), ready(backlog));
        }
    }

    void hinted(TopicPartition partition, Backlog backlog) {
        Source source = current(partition);
        if (source != null) {
            dispatcher.hinted(source, backlog.level(), ready(backlog));
        }
    }

    void lost(TopicPartition partition) {
        Source source = current(partition);
        if (source != null && source.isOpen) {
            dispatcher.close(source);
            attachIfLost(source);
        }
    }

    void attached(
            TopicPartition partition,
            long queue,
            Backlog backlog,
            List<PartitionReply.Lease> found,
            long nowNs) {
        Source source = current(partition);
        if (source == null || source.isOpen) {
            return;
        }
        var reconciling = new Reconciling(known.add(source), nowNs);
        Set<DeliveryId> ids = new HashSet<>();
        for (PartitionReply.Lease each : found) {
            var id = new DeliveryId(queue, partition.partition(), each.offset(), each.lease());
            ids.add(id);
            if (!leases.has(id)) {
                reconciling.add(
                        each.session(),
                        new Lease(id, partition, each.count(), each.sinceMs(), each.deadlineMs()));
            }
        }
        if (!reconciling.isFirst) {
            touched.addAll(leases.retain(partition, ids));
        }
        reconciling.back.forEach((session, each) -> giveBack(Optional.of(session), each));
        reconciling.over.forEach(session -> effects.endSession(partition, session));
        if (isAllKnown()) {
            ended.clear();
        }
        told(partition, queue);
        dispatcher.open(source, backlog.level(), ready(backlog));
    }

    /** Nothing that a session holds is unknown of this partition any more. */
    private void told(TopicPartition partition, long queue) {
        for (QueueSession each : List.copyOf(awaiting)) {
            boolean isLess =
                    each.untold.removeIf(id ->
                            isAllKnown()
                                    || id.queue() == queue
                                            && id.partition() == partition.partition());
            if (isLess) {
                touched.add(each.taker);
            }
            if (each.untold.isEmpty()) {
                awaiting.remove(each);
            }
        }
    }

    /** Leases that an owner told and that are not known here. */
    private final class Reconciling {
        private final boolean isFirst;
        private final long nowNs;
        private final Map<UUID, List<Lease>> back = new LinkedHashMap<>();
        private final Set<UUID> over = new LinkedHashSet<>();

        /**
         * @param isFirst true: another coordinator may have given them
         */
        Reconciling(boolean isFirst, long nowNs) {
            this.isFirst = isFirst;
            this.nowNs = nowNs;
        }

        void add(Optional<UUID> owner, Lease lease) {
            if (owner.isEmpty()) {
                return; // Its deadline ends it.
            }
            QueueSession session = sessions.get(owner.get());
            if (session == null && isFirst && !ended.contains(owner.get())) {
                session = sessions.found(owner.get(), nowNs);
            }
            if (session == null) {
                over.add(owner.get());
            } else if (isFirst
                    && (session.claimed == null || session.claimed.contains(lease.delivery()))) {
                session.isFound = session.claimed == null;
                dispatcher.found(session.taker, 1);
                leases.add(session.taker, session, lease, OptionalLong.empty());
            } else {
                back.computeIfAbsent(session.id, _ -> new ArrayList<>()).add(lease);
            }
        }
    }

    /** These never reached anybody. */
    void giveBack(Optional<UUID> session, List<Lease> back) {
        Map<TopicPartition, List<Settlement>> settlements = new LinkedHashMap<>();
        var notDelivered = new Settlement.Outcome.NotDelivered();
        for (Lease each : back) {
            settlements
                    .computeIfAbsent(each.partition(), _ -> new ArrayList<>())
                    .add(Settlement.of(each.delivery(), session, notDelivered));
        }
        settlements.forEach(effects::giveBack);
    }

    /** The message is nobody's any more. */
    void over(DeliveryId delivery) {
        Taker taker = leases.remove(delivery);
        if (taker != null) {
            touched.add(taker);
        }
    }

    /** Everybody's credit as it is now, what can be handed out, and who is to be answered. */
    void settle(long nowNs) {
        Taker next = active.choose(isAllKnown());
        if (next != null) {
            touched.add(next);
        }
        touched.forEach(this::refresh);
        dispatcher.run(nowNs);
        List<Taker> now = List.copyOf(touched);
        touched.clear();
        for (Taker each : now) {
            Receiving receiving = each.receiving;
            if (receiving != null && Receives.isReady(receiving, nowNs)) {
                each.isOver |= !each.isSession;
                receives.answer(receiving, nowNs);
                refresh(each);
            }
        }
    }

    private void refresh(Taker taker) {
        Receiving receiving = taker.receiving;
        int credit =
                taker.isOver || receiving == null || !active.mayTake(taker) ? 0 : receiving.room();
        if (credit != taker.credit()) {
            dispatcher.credit(taker, credit);
        }
    }
}
