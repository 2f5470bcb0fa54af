package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.consumer.dispatch.QueueGroup;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.queue.Settlement;
import sluice.consumer.stream.Refusals;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicRecord;

/**
 * A queue group that this gateway coordinates, from its take-over until it is dropped.
 *
 * <p>Everything is decided by {@link QueueGroup}; what it wants of partitions' owners goes through
 * {@link QueuePartition}, and comes back here. An owner that knows a later coordinator ends this
 * one: the group is dropped, and whoever waits finds the other. Owned by the groups' lane.
 */
final class HostedQueueGroup implements Hosted {

    /** A group is made although some partitions have no owner now. */
    private static final Duration READY_AFTER = Duration.ofSeconds(3);

    private final GroupPorts ports;
    private final QueueGroupPorts queues;
    private final Lane lane;
    private final GroupName name;
    private final Owner owner;
    private final StoredSettings settings;
    private final QueueTopics topics;
    private final QueueGroup machine;
    private final Asks asks;
    private final SessionTimer timer;
    private final QueuePartitions partitions;
    private final QueueAnswers answers;
    private final QueueAdmin admin;
    private final Redrives redrives;
    private final List<Runnable> waiting = new ArrayList<>();
    private long usedNs;
    private boolean isDropped;

    HostedQueueGroup(
            GroupPorts ports, GroupName name, GroupTakeover.Taken taken, long epoch, Owner owner) {
        this.ports = ports;
        this.queues = ports.queues();
        this.lane = ports.lane();
        this.name = name;
        this.owner = owner;
        this.usedNs = lane.nowNs();
        this.settings = new StoredSettings(ports, name, taken.group(), new SettingsObserver());
        this.asks = new Asks(lane);
        this.timer = new SessionTimer(lane, this::tick);
        this.machine =
                new QueueGroup(
                        config(),
                        epoch,
                        lane.wallMs() << 20,
                        ports.ids(),
                        new QueueCalls(lane, this::partition, this::acquired),
                        lane.nowNs());
        this.partitions =
                new QueuePartitions(
                        lane,
                        queues,
                        asks,
                        name,
                        epoch,
                        this::config,
                        this::start,
                        new PartitionObserver());
        this.admin = new QueueAdmin(ports, asks, partitions, this::moved);
        this.redrives = new Redrives(lane, queues, name, partitions);
        this.topics =
                new QueueTopics(ports, settings.record(), taken.membership(), new TopicsObserver());
        this.answers = new QueueAnswers(partitions::get, partitions::of, topics::isSettled);
        topics.follow(taken.topics());
    }

    private QueueConfig config() {
        return (QueueConfig) settings.record().config();
    }

    private QueueStart start(TopicPartition at) {
        return topics.start(config().start(), at);
    }

    private final class SettingsObserver implements StoredSettings.Observer {
        @Override
        public void changed(List<TopicRecord> found) {
            machine.configure(config(), lane.nowNs());
            topics.follow(found);
            // The owners are to know the policy, whoever owns a partition next.
            for (QueuePartition each : partitions.all()) {
                if (each.isAttaching()) {
                    each.attach();
                } else {
                    moved(each);
                }
            }
        }

        @Override
        public void lost(SluiceException why) {
            drop(why);
        }
    }

    /** All leases of the partition may be others now. */
    private void moved(QueuePartition partition) {
        machine.lost(partition.partition, lane.nowNs());
    }

    private final class TopicsObserver implements QueueTopics.Observer {
        @Override
        public void follow(Map<TopicPartition, QueueRef> wanted) {
            HostedQueueGroup.this.follow(wanted);
        }

        @Override
        public void lost(SluiceException why) {
            drop(why);
        }
    }

    private void follow(Map<TopicPartition, QueueRef> wanted) {
        if (partitions.retain(wanted)) {
            machine.follow(partitions.names(), lane.nowNs());
        }
        partitions.add(wanted);
        machine.follow(partitions.names(), lane.nowNs());
        arm();
    }

    private final class PartitionObserver implements QueuePartition.Observer {
        @Override
        public void attached(
                QueuePartition from, Backlog backlog, List<PartitionReply.Lease> leases) {
            machine.attached(from.partition, from.queue().queue(), backlog, leases, lane.nowNs());
            heard(from, backlog);
            if (isReady()) {
                ready();
            }
        }

        @Override
        public void watched(QueuePartition from, Backlog backlog) {
            machine.watched(from.partition, backlog, lane.nowNs());
            heard(from, backlog);
        }

        @Override
        public void settled(
                QueuePartition from,
                List<QueueRequest.Item> items,
                List<Settlement.Result> results,
                Backlog backlog) {
            machine.settled(from.partition, items, results, backlog, lane.nowNs());
            heard(from, backlog);
        }

        @Override
        public void hinted(QueuePartition from, Backlog backlog) {
            machine.hinted(from.partition, backlog, lane.nowNs());
            heard(from, backlog);
        }

        @Override
        public void lost(QueuePartition from) {
            machine.lost(from.partition, lane.nowNs());
        }

        @Override
        public void deposed(SluiceException why) {
            drop(OffsetWrites.moved());
        }
    }

    private boolean isReady() {
        return topics.isSettled() && machine.isAllKnown();
    }

    private void ready() {
        List<Runnable> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(Runnable::run);
    }

    @Override
    public void whenReady(Runnable then) {
        if (isReady()) {
            then.run();
        } else {
            waiting.add(then);
            lane.schedule(READY_AFTER, this::ready);
        }
    }

    private void heard(QueuePartition from, Backlog backlog) {
        if (backlog.dead() > 0) {
            partitions.deadLetters(from);
        }
        arm();
    }

    private @Nullable QueuePartition partition(TopicPartition at) {
        return partitions.get(at);
    }

    private void acquired(
            @Nullable QueuePartition from, long number, Outcome<PartitionReply.Acquired> outcome) {
        if (isDropped) {
            return;
        }
        if (from != null
                && outcome instanceof Outcome.Success<PartitionReply.Acquired>(var acquired)) {
            machine.acquired(
                    number,
                    from.queue().queue(),
                    acquired.granted(),
                    acquired.backlog(),
                    lane.nowNs());
            heard(from, acquired.backlog());
        } else {
            machine.acquireFailed(number, lane.nowNs());
            arm();
        }
    }

    @Override
    public GroupName name() {
        return name;
    }

    @Override
    public boolean isIdleSince(long ns) {
        return !redrives.isRunning()
                && machine.isIdle()
                && usedNs - ns <= 0
                && topics.isIdle()
                && !settings.isChanging();
    }

    @Override
    public void handle(GroupRequest request, Answer answer) {
        lane.assertOwner();
        // Whoever only counts would keep the group here for ever.
        usedNs = request instanceof QueueRequest.Count ? usedNs : lane.nowNs();
        try {
            switch (request) {
                case GroupRequest.Put put -> settings.put(put, answer);
                case GroupRequest.Describe _ -> count(answer);
                case GroupRequest.Delete delete -> delete(delete, answer);
                case GroupRequest.Reset reset -> admin.reset(reset, topics.topics(), answer);
                case QueueRequest queue -> handle(queue, answer);
                case GroupRequest.Join _,
                        GroupRequest.Heartbeat _,
                        GroupRequest.Leave _,
                        GroupRequest.Commit _,
                        GroupRequest.Offsets _,
                        GroupRequest.Poll _ ->
                        throw GroupSettings.wrongType(GroupConfig.Type.STREAM);
            }
        } catch (SluiceException e) {
            answer.fail(e);
        }
        arm();
    }

    private void handle(QueueRequest request, Answer answer) {
        long nowNs = lane.nowNs();
        switch (request) {
            case QueueRequest.Open open -> answer.reply(machine.open(open, nowNs));
            case QueueRequest.Receive receive ->
                    machine.receive(receive, answers.receiver(answer), nowNs);
            case QueueRequest.Settle settle -> {
                machine.settles(settle, nowNs);
                answers.settle(settle, answer);
            }
            case QueueRequest.Beat(var signs) ->
                    answer.reply(new QueueReply.Beaten(machine.beat(signs, nowNs)));
            case QueueRequest.Close close -> {
                machine.close(close, nowNs);
                answer.reply(new GroupReply.Done());
            }
            case QueueRequest.Peek peek -> admin.peek(peek, topics.topics(), answer);
            case QueueRequest.Count() -> count(answer);
            case QueueRequest.Pause(boolean isPaused) -> settings.pause(config(), isPaused, answer);
            case QueueRequest.Purge() -> admin.purge(answer);
            case QueueRequest.Redrive(var order) -> answer.reply(redrives.begin(order, config()));
            case QueueRequest.RedriveStatus(boolean stop) -> answer.reply(redrives.status(stop));
            case QueueRequest.Sessions sessions ->
                    SessionHoldings.tell(
                            partitions,
                            machine.describe(nowNs).stream().filter(sessions::means).toList(),
                            machine::leases,
                            answer);
        }
    }

    /** Whoever counts just after a take-over waits for the partitions' owners. */
    private void count(Answer answer) {
        whenReady(() -> counted(answer));
    }

    private void counted(Answer answer) {
        admin.count(
                counted ->
                        new QueueReply.Counted(
                                config(),
                                settings.record().createdAtMs(),
                                ports.self(),
                                machine.inFlight(),
                                partitions.dropped(),
                                machine.describe(lane.nowNs()),
                                counted),
                answer);
    }

    @Override
    public void refresh() {
        List<String> patterns = config().topics();
        Asks.answered(
                ports.topics().matching(name.namespace(), patterns),
                lane,
                outcome -> {
                    if (!isDropped
                            && outcome instanceof Outcome.Success<List<TopicRecord>>(var found)
                            && patterns.equals(config().topics())) {
                        topics.follow(found);
                    }
                });
    }

    private void delete(GroupRequest.Delete request, Answer answer) {
        if (machine.hasSessions() && !request.force()) {
            throw Refusals.hasMembers("it has sessions: close them first, or delete it by force");
        }
        drop(LocalGroups.unknown(name));
        GroupRemoval.start(ports, settings.versioned(), topics, List.of(), answer);
    }

    private void tick() {
        machine.tick(queues.isLost(), lane.nowNs());
        arm();
    }

    private void arm() {
        if (!isDropped) {
            timer.arm(machine.nextTickNs());
        }
    }

    @Override
    public void drop(SluiceException why) {
        if (isDropped) {
            return;
        }
        isDropped = true;
        timer.stop();
        topics.stop();
        redrives.stop();
        owner.dropped(this);
        machine.stop(why);
        partitions.stop(why);
    }
}
