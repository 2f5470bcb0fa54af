package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.consumer.stream.Refusals;
import sluice.consumer.stream.StreamGroup;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicRecord;

/**
 * A group that this gateway coordinates, from its take-over until it is dropped.
 *
 * <p>Everything is decided by {@link StreamGroup} and {@link CommittedOffsets}, written, and then
 * answered. When a write finds that another coordinator wrote, the group is dropped: whoever waits
 * is told that nothing was done, and finds the other one. Owned by the groups' lane.
 */
final class HostedGroup implements Hosted {

    private static final Duration BELIEVED_AFTER = Duration.ofSeconds(1);

    private final GroupPorts ports;
    private final Lane lane;
    private final GroupName name;
    private final Owner owner;
    private final StreamGroup machine;
    private final CommittedOffsets offsets;
    private final MembershipWrites membership;
    private final OffsetWrites offsetWrites;
    private final Joins joins;
    private final ParkedHeartbeats parked;
    private final CommitQueue commits;
    private final StartPins pins;
    private final Asks asks;
    private final GroupResets resets;
    private final Set<UUID> pulling = new HashSet<>();
    private final StoredSettings settings;
    private final SessionTimer timer;
    private Map<String, TopicRecord> topics = new TreeMap<>();
    private final long takenNs;
    private long usedNs;
    private boolean isDropped;

    HostedGroup(GroupPorts ports, GroupName name, GroupTakeover.Taken taken, Owner owner) {
        this.ports = ports;
        this.lane = ports.lane();
        this.name = name;
        this.owner = owner;
        this.settings = new StoredSettings(ports, name, taken.group(), new SettingsObserver());
        this.takenNs = lane.nowNs();
        this.usedNs = takenNs;
        UUID id = settings.record().id();
        this.machine =
                new StreamGroup(
                        (StreamConfig) settings.record().config(),
                        taken.membership().value(),
                        lane.nowNs(),
                        ports.limits());
        this.timer = new SessionTimer(lane, this::tick);
        this.offsets = new CommittedOffsets(taken.offsets());
        this.asks = new Asks(lane);
        this.offsetWrites = new OffsetWrites(ports, id, offsets, new OffsetsObserver());
        this.resets = new GroupResets(ports, asks, machine, offsets, offsetWrites);
        this.pins =
                new StartPins(
                        ports,
                        asks,
                        offsets,
                        offsetWrites,
                        () -> machine.config().start(),
                        this::topic,
                        this::reconsider);
        this.membership =
                new MembershipWrites(
                        ports,
                        id,
                        machine,
                        taken.membership().version(),
                        (topic, topicId, first, partition) ->
                                !resets.isLocked(new TopicPartition(topic, partition))
                                        && pins.isGivable(topic, topicId, first, partition),
                        new MembershipObserver());
        this.joins = new Joins(ports, machine, offsets, membership);
        this.parked = new ParkedHeartbeats(lane, this::answerHeartbeat);
        this.commits = new CommitQueue(this::askEnds);
        follow(taken.topics());
    }

    private final class MembershipObserver implements MembershipWrites.Observer {
        @Override
        public void settled() {
            parked.wakeIf(request -> !machine.hasMember(request.member()));
            Set<UUID> gone = new HashSet<>(pulling);
            gone.removeIf(machine::hasMember);
            pulling.removeAll(gone);
            gone.forEach(member -> ports.pull().ended(name, member));
            timer.arm(machine.nextTickNs());
        }

        @Override
        public void written() {
            parked.wakeIf(request -> machine.isNews(request.member(), request.knownEpoch()));
            timer.arm(machine.nextTickNs());
        }

        @Override
        public void lost(SluiceException why) {
            drop(why);
        }
    }

    private final class OffsetsObserver implements OffsetWrites.Observer {
        @Override
        public void settled() {
            joins.committed();
            reconsider();
        }

        @Override
        public void lost(SluiceException why) {
            drop(why);
        }
    }

    private final class SettingsObserver implements StoredSettings.Observer {
        @Override
        public void changed(List<TopicRecord> found) {
            machine.configure((StreamConfig) settings.record().config());
            follow(found);
        }

        @Override
        public void lost(SluiceException why) {
            drop(why);
        }
    }

    @Override
    public GroupName name() {
        return name;
    }

    @Override
    public boolean isIdleSince(long ns) {
        return !machine.hasMembers()
                && usedNs - ns <= 0
                && membership.isIdle()
                && parked.isEmpty()
                && joins.isIdle()
                && !settings.isChanging();
    }

    @Override
    public void handle(GroupRequest request, Answer answer) {
        lane.assertOwner();
        usedNs = lane.nowNs();
        if (isBehind(request)) {
            drop(OffsetWrites.moved());
            answer.fail(OffsetWrites.moved());
            return;
        }
        try {
            switch (request) {
                case GroupRequest.Put put -> settings.put(put, answer);
                case GroupRequest.Describe(boolean withLag) -> describe(withLag, answer);
                case GroupRequest.Delete delete -> delete(delete, answer);
                case GroupRequest.Join join -> {
                    joins.join(join, answer);
                    parked.wakeReplacedBy(join);
                }
                case GroupRequest.Heartbeat heartbeat -> heartbeat(heartbeat, answer);
                case GroupRequest.Leave leave -> {
                    machine.leave(leave);
                    membership.whenDurable(() -> answer.reply(new GroupReply.Done()), answer::fail);
                }
                case GroupRequest.Commit commit -> commit(commit, answer);
                case GroupRequest.Offsets() ->
                        answer.reply(
                                new GroupReply.Offsets(
                                        Description.committed(machine.topics(), offsets)));
                case GroupRequest.Reset reset ->
                        resets.start(
                                reset,
                                topics,
                                answer,
                                moved -> {
                                    machine.restart(moved);
                                    reconsider();
                                    membership.whenDurable(() -> {}, _ -> {});
                                },
                                membership::whenDurable);
                case GroupRequest.Poll poll -> poll(poll, answer);
                case QueueRequest _ -> throw GroupSettings.wrongType(GroupConfig.Type.STREAM);
            }
        } catch (SluiceException e) {
            answer.fail(e);
        }
    }

    /**
     * Epochs are told only when they are stored, and never go back: who knows a later one heard it
     * from another coordinator. That is believed once, else an impostor could keep the group busy.
     */
    private boolean isBehind(GroupRequest request) {
        long known = Answer.knownEpoch(request);
        return known > machine.epoch() && lane.nowNs() - takenNs > BELIEVED_AFTER.toNanos();
    }

    private void heartbeat(GroupRequest.Heartbeat request, Answer answer) {
        machine.heard(request.member(), request.connection(), request.signOfLife(), lane.nowNs());
        long before = machine.changes();
        machine.release(request.member(), request.knownEpoch(), request.released());
        if (machine.changes() != before) {
            membership.soon();
        }
        if (machine.isNews(request.member(), request.knownEpoch()) || request.waitMax().isZero()) {
            answerHeartbeat(request, answer);
            return;
        }
        Duration third = machine.config().sessionTimeout().dividedBy(3);
        Duration wait = request.waitMax().compareTo(third) < 0 ? request.waitMax() : third;
        parked.park(request, answer, wait);
    }

    private void answerHeartbeat(GroupRequest.Heartbeat request, Answer answer) {
        try {
            machine.heard(request.member(), request.connection(), false, lane.nowNs());
            answer.reply(
                    new GroupReply.Holds(
                            machine.epoch(),
                            machine.holds(request.member(), offsets, lane.nowNs())));
        } catch (SluiceException e) {
            answer.fail(e);
        }
    }

    private void poll(GroupRequest.Poll request, Answer answer) {
        machine.heard(request.member(), Optional.empty(), true, lane.nowNs());
        pulling.add(request.member());
        ports.pull()
                .poll(
                        name,
                        machine.config(),
                        request,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Success<GroupReply.Polled>(var polled) ->
                                        answer.reply(polled);
                                case Outcome.Failure<GroupReply.Polled>(var error) ->
                                        answer.fail(error);
                            }
                        });
    }

    private void commit(GroupRequest.Commit request, Answer answer) {
        List<Entry> entries = machine.checked(request);
        commits.add(
                entries,
                () -> {
                    try {
                        // Holds may have changed while the owners were asked.
                        List<Entry> still = machine.checked(request);
                        resets.checkNotLocked(request.offsets());
                        offsetWrites.write(
                                still,
                                failure ->
                                        failure.ifPresentOrElse(
                                                answer::fail,
                                                () ->
                                                        answer.reply(
                                                                new GroupReply.Committed(
                                                                        machine.epoch()))));
                    } catch (SluiceException e) {
                        answer.fail(e);
                    }
                },
                answer::fail);
    }

    private void askEnds(Entry entry, Consumer<Outcome<PartitionEnds.Ends>> then) {
        asks.ask(() -> ports.ends().ends(topic(entry.topic()), entry.partition()), then);
    }

    private TopicRecord topic(String topic) {
        TopicRecord found = topics.get(topic);
        if (found == null) {
            throw Refusals.unknownTopic(topic);
        }
        return found;
    }

    private void describe(boolean withLag, Answer answer) {
        var description =
                new Description(ports.self(), settings.record(), machine, offsets, lane.nowNs());
        if (withLag) {
            description.askEnds(asks, ports.ends(), topics, answer::reply);
        } else {
            answer.reply(description.toReply());
        }
    }

    /** The topics that the group reads now. */
    void follow(List<TopicRecord> found) {
        if (isDropped) {
            return;
        }
        var next = new TreeMap<String, TopicRecord>();
        found.forEach(each -> next.put(each.name(), each));
        for (TopicRecord old : topics.values()) {
            TopicRecord now = next.get(old.name());
            if (now == null || now.id() != old.id()) {
                gone(old);
            }
        }
        topics = next;
        machine.topics(found, settings.record().createdAtMs());
        membership.soon();
    }

    /** What a deleted topic leaves is removed; what one leaves that is only read no more stays. */
    private void gone(TopicRecord topic) {
        commits.forget(topic.name());
        if (new TopicPatterns(machine.config().topics()).matches(topic.name())) {
            offsetWrites.remove(topic.id());
        }
    }

    @Override
    public void refresh() {
        if (machine.hasMembers()) {
            List<String> patterns = machine.config().topics();
            Asks.answered(
                    ports.topics().matching(name.namespace(), patterns),
                    lane,
                    outcome -> {
                        if (outcome instanceof Outcome.Success<List<TopicRecord>>(var found)
                                && patterns.equals(machine.config().topics())) {
                            follow(found);
                        }
                    });
        }
    }

    private void delete(GroupRequest.Delete request, Answer answer) {
        if (machine.hasMembers() && !request.force()) {
            throw Refusals.hasMembers("stop them first, or delete it by force");
        }
        SluiceException gone = LocalGroups.unknown(name);
        drop(gone);
        GroupRemoval.start(ports, settings.versioned(), membership, offsets.items(), answer);
    }

    private void reconsider() {
        if (machine.reconsider()) {
            membership.soon();
        }
    }

    private void tick() {
        machine.tick(lane.nowNs());
        timer.arm(machine.nextTickNs());
        membership.soon();
    }

    @Override
    public void drop(SluiceException why) {
        if (isDropped) {
            return;
        }
        isDropped = true;
        timer.stop();
        owner.dropped(this);
        membership.stop(why);
        offsetWrites.stop(why);
        commits.failAll(why);
        joins.failAll(why);
        parked.failAll(why);
        pulling.forEach(member -> ports.pull().ended(name, member));
        pulling.clear();
    }
}
