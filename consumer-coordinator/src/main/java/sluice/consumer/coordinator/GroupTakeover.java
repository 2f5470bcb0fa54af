package sluice.consumer.coordinator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.consumer.group.GroupName;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupRecord;
import sluice.metadata.GroupStore.Stored;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.MembershipRecord;
import sluice.metadata.OffsetsRecord;
import sluice.metadata.OffsetsRecord.Place;
import sluice.metadata.TopicRecord;
import sluice.metadata.Versioned;

/**
 * Takes a group over: reads all that is stored of it and writes each item anew, unchanged, before
 * anything is answered. A coordinator before this one, that does not know that it is deposed, can
 * write none of them afterwards, for each of its writes names a version that is gone.
 *
 * <pre>
 *   settings ─▶ membership ─▶ offsets, an item for each topic of the membership ─▶ topics
 *      └──────────┴─────────────┴── another was faster: again from the start
 * </pre>
 *
 * <p>The membership comes first, since a coordinator makes an item of offsets only for a topic that
 * the membership names: after this write no item can appear that was not seen here.
 */
final class GroupTakeover {

    private static final int TRIES_MAX = 5;
    private static final int FENCED_AT_ONCE = 16;

    /** What was taken over. */
    record Taken(
            Versioned<GroupRecord> group,
            Versioned<MembershipRecord> membership,
            List<Stored> offsets,
            List<TopicRecord> topics) {}

    /** Told once what came of it. */
    interface Observer {
        void taken(Taken taken);

        /** There is no such group. */
        void missing();

        void failed(SluiceException error);
    }

    private final GroupPorts ports;
    private final GroupName name;
    private final Observer observer;
    private int tries;

    GroupTakeover(GroupPorts ports, GroupName name, Observer observer) {
        this.ports = ports;
        this.name = name;
        this.observer = observer;
    }

    void start() {
        run(
                () -> ports.store().get(name.namespace(), name.name()),
                found -> {
                    if (found.isEmpty()) {
                        observer.missing();
                    } else {
                        group(found.get());
                    }
                });
    }

    private void group(Versioned<GroupRecord> found) {
        write(
                () -> ports.store().put(found.value(), found.version()),
                version -> membership(new Versioned<>(found.value(), version)));
    }

    private void membership(Versioned<GroupRecord> group) {
        run(
                () -> ports.store().membership(group.value().id()),
                found ->
                        write(
                                () ->
                                        ports.store()
                                                .putMembership(
                                                        group.value().id(),
                                                        found.value(),
                                                        found.version()),
                                version ->
                                        offsets(group, new Versioned<>(found.value(), version))));
    }

    private void offsets(Versioned<GroupRecord> group, Versioned<MembershipRecord> membership) {
        run(
                () -> ports.store().offsets(group.value().id()),
                found -> {
                    Queue<Stored> left = new ArrayDeque<>(found);
                    left.addAll(absent(membership.value(), found));
                    var fenced = new ArrayList<Stored>(left.size());
                    int all = left.size();
                    if (all == 0) {
                        topics(group, membership, fenced);
                    }
                    for (int i = 0; i < Math.min(all, FENCED_AT_ONCE); i++) {
                        fence(group, membership, left, fenced, all);
                    }
                });
    }

    /** Items that are not there, but that a coordinator before this one could still make. */
    private static List<Stored> absent(MembershipRecord membership, List<Stored> found) {
        Set<Place> there = new HashSet<>();
        found.forEach(each -> there.add(each.place()));
        var absent = new ArrayList<Stored>();
        for (MembershipRecord.Topic topic : membership.topics()) {
            for (int partition = 0;
                    partition < topic.partitions();
                    partition += OffsetsRecord.PARTITIONS_MAX) {
                Place place = Place.of(topic.id(), partition);
                if (!there.contains(place)) {
                    var empty = new OffsetsRecord(topic.name(), List.of());
                    absent.add(new Stored(place, new Versioned<>(empty, 0)));
                }
            }
        }
        return absent;
    }

    private void fence(
            Versioned<GroupRecord> group,
            Versioned<MembershipRecord> membership,
            Queue<Stored> left,
            List<Stored> fenced,
            int all) {
        Stored next = left.poll();
        if (next == null) {
            return;
        }
        Versioned<OffsetsRecord> record = next.record();
        write(
                () ->
                        ports.store()
                                .putOffsets(
                                        group.value().id(),
                                        next.place(),
                                        record.value(),
                                        record.version()),
                version -> {
                    fenced.add(new Stored(next.place(), new Versioned<>(record.value(), version)));
                    if (fenced.size() == all) {
                        topics(group, membership, fenced);
                    } else {
                        fence(group, membership, left, fenced, all);
                    }
                });
    }

    private void topics(
            Versioned<GroupRecord> group,
            Versioned<MembershipRecord> membership,
            List<Stored> offsets) {
        Asks.answered(
                ports.topics().matching(name.namespace(), group.value().config().topics()),
                ports.lane(),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<List<TopicRecord>>(var topics) ->
                                observer.taken(new Taken(group, membership, offsets, topics));
                        case Outcome.Failure<List<TopicRecord>>(var error) ->
                                observer.failed(error);
                    }
                });
    }

    /** What a try that is over still brings is passed over. */
    private <T> void run(Supplier<T> work, Consumer<T> then) {
        int ofTry = tries;
        ports.background()
                .run(
                        ports.lane(),
                        work,
                        outcome -> {
                            if (ofTry == tries) {
                                switch (outcome) {
                                    case Outcome.Success<T>(var value) -> then.accept(value);
                                    case Outcome.Failure<T>(var error) -> {
                                        tries++;
                                        observer.failed(error);
                                    }
                                }
                            }
                        });
    }

    private void write(Supplier<Written> work, Consumer<Long> then) {
        run(
                work,
                written -> {
                    if (written instanceof Written.Applied(long version)) {
                        then.accept(version);
                    } else if (++tries < TRIES_MAX) {
                        start();
                    } else {
                        observer.failed(OffsetWrites.moved());
                    }
                });
    }
}
