package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupRecord;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicRecord;

/**
 * The groups that this gateway coordinates: each is taken over at its first request, and dropped
 * when its slot goes, when another coordinator wrote, or when nobody used it for a while. Owned by
 * the groups' lane.
 */
public final class LocalGroups implements Hosted.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(LocalGroups.class);

    /** New topics and partitions are found within so long. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(3);

    private static final Duration IDLE_MAX = Duration.ofMinutes(5);
    private static final int GROUPS_MAX = 10_000;
    private static final int WAITING_MAX = 10_000;

    private record Waiting(GroupRequest request, Answer answer) {}

    /** A group that is here, or on its way. */
    private static final class Entry {
        final int slot;
        final long epoch;
        final List<Waiting> waiting = new ArrayList<>();
        @Nullable Hosted group;
        boolean isNew;

        Entry(int slot, long epoch) {
            this.slot = slot;
            this.epoch = epoch;
        }
    }

    private final GroupPorts ports;
    private final Lane lane;
    private final Map<GroupName, Entry> entries = new HashMap<>();
    private boolean isLooking;

    public LocalGroups(GroupPorts ports) {
        this.ports = ports;
        this.lane = ports.lane();
    }

    /** How many groups are here. */
    public int count() {
        return entries.size();
    }

    /** Some of the queue groups that are here. */
    public List<GroupName> queueGroups(int max) {
        lane.assertOwner();
        return entries.entrySet().stream()
                .filter(each -> each.getValue().group instanceof HostedQueueGroup)
                .map(Map.Entry::getKey)
                .limit(max)
                .toList();
    }

    /**
     * Answers a request for a group whose slot this gateway owns.
     *
     * @param epoch of the slot, under which this gateway owns it
     * @param answer called on the lane, once
     */
    public void handle(
            int slot,
            long epoch,
            GroupName name,
            GroupRequest request,
            Consumer<Outcome<GroupReply>> answer) {
        lane.assertOwner();
        Entry entry = entries.get(name);
        if (entry != null && entry.epoch < epoch) {
            drop(name, entry);
            entry = null;
        }
        if (entry == null) {
            if (entries.size() >= GROUPS_MAX) {
                new Answer(answer).fail(full());
                return;
            }
            entry = new Entry(slot, epoch);
            entries.put(name, entry);
            takeOver(name, entry);
        }
        Hosted group = entry.group;
        if (group != null) {
            group.handle(request, new Answer(answer));
        } else if (entry.waiting.size() < WAITING_MAX) {
            entry.waiting.add(new Waiting(request, new Answer(answer)));
        } else {
            new Answer(answer).fail(full());
        }
    }

    private static SluiceException full() {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-groups",
                "this gateway coordinates as many groups as it can, or too many requests wait for one; retry after a pause");
    }

    static SluiceException unknown(GroupName name) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-group",
                "there is no such group: group=" + name.name() + "; create it with PUT");
    }

    private void takeOver(GroupName name, Entry entry) {
        new GroupTakeover(
                        ports,
                        name,
                        new GroupTakeover.Observer() {
                            @Override
                            public void taken(GroupTakeover.Taken taken) {
                                if (isHere(name, entry)) {
                                    LocalGroups.this.taken(name, entry, taken);
                                }
                            }

                            @Override
                            public void missing() {
                                if (isHere(name, entry)) {
                                    LocalGroups.this.missing(name, entry);
                                }
                            }

                            @Override
                            public void failed(SluiceException error) {
                                if (isHere(name, entry)) {
                                    failAll(name, entry, error);
                                }
                            }
                        })
                .start();
    }

    private boolean isHere(GroupName name, Entry entry) {
        return entries.get(name) == entry;
    }

    private void taken(GroupName name, Entry entry, GroupTakeover.Taken taken) {
        GroupConfig config = taken.group().value().config();
        LOG.atInfo()
                .addKeyValue("group", name)
                .addKeyValue("epoch", taken.membership().value().epoch())
                .addKeyValue("members", taken.membership().value().members().size())
                .log("group taken over");
        Hosted group =
                switch (config) {
                    case StreamConfig _ -> new HostedGroup(ports, name, taken, this);
                    case QueueConfig _ ->
                            new HostedQueueGroup(ports, name, taken, entry.epoch, this);
                };
        entry.group = group;
        lookLater();
        List<Waiting> waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        for (Waiting each : waiting) {
            if (entry.isNew && each.request() instanceof GroupRequest.Put(var asked, _)) {
                // The one that made it, found as it was made.
                entry.isNew = false;
                group.whenReady(() -> each.answer().reply(new GroupReply.Stored(true, asked)));
            } else {
                handle(entry.slot, entry.epoch, name, each.request(), each.answer().to());
            }
        }
    }

    /** The first request to make the group does so; the others wait for it. */
    private void missing(GroupName name, Entry entry) {
        Optional<Waiting> maker =
                entry.waiting.stream()
                        .filter(each -> each.request() instanceof GroupRequest.Put)
                        .findFirst();
        if (maker.isEmpty()) {
            failAll(name, entry, unknown(name));
            return;
        }
        entry.waiting.remove(maker.get());
        create(name, entry, (GroupRequest.Put) maker.get().request(), maker.get().answer());
    }

    private void create(GroupName name, Entry entry, GroupRequest.Put request, Answer answer) {
        try {
            GroupSettings.check(request.config());
        } catch (SluiceException e) {
            refused(name, entry, answer, e);
            return;
        }
        Asks.answered(
                ports.topics().matching(name.namespace(), request.config().topics()),
                lane,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<List<TopicRecord>>(var found) ->
                                create(name, entry, request, found, answer);
                        case Outcome.Failure<List<TopicRecord>>(var error) ->
                                refused(name, entry, answer, error);
                    }
                });
    }

    private void create(
            GroupName name,
            Entry entry,
            GroupRequest.Put request,
            List<TopicRecord> found,
            Answer answer) {
        try {
            GroupSettings.checkTopics(
                    request.config(), found, request.allowMissing(), ports.limits());
        } catch (SluiceException e) {
            refused(name, entry, answer, e);
            return;
        }
        DeadLetterCycles.check(
                ports,
                name,
                request.config(),
                () -> store(name, entry, request, answer),
                error -> refused(name, entry, answer, error));
    }

    private void store(GroupName name, Entry entry, GroupRequest.Put request, Answer answer) {
        var record =
                new GroupRecord(
                        name.namespace(),
                        name.name(),
                        ports.ids().get(),
                        request.config(),
                        lane.wallMs());
        GroupRemoval.write(
                ports,
                () -> ports.store().put(record, 0),
                _ -> {
                    entry.isNew = true;
                    entry.waiting.addFirst(new Waiting(request, answer));
                    again(name, entry);
                },
                error -> {
                    if (OffsetWrites.isMoved(error)) {
                        // Somebody made it a moment ago.
                        entry.waiting.addFirst(new Waiting(request, answer));
                        again(name, entry);
                    } else {
                        refused(name, entry, answer, error);
                    }
                });
    }

    private void again(GroupName name, Entry entry) {
        if (isHere(name, entry)) {
            takeOver(name, entry);
        } else {
            failWaiting(entry, OffsetWrites.moved());
        }
    }

    /** The others may ask for another group of this name. */
    private void refused(GroupName name, Entry entry, Answer answer, SluiceException error) {
        answer.fail(error);
        if (isHere(name, entry)) {
            missing(name, entry);
        }
    }

    private void failAll(GroupName name, Entry entry, SluiceException error) {
        entries.remove(name, entry);
        failWaiting(entry, error);
    }

    private static void failWaiting(Entry entry, SluiceException error) {
        List<Waiting> waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        waiting.forEach(each -> each.answer().fail(error));
    }

    @Override
    public void dropped(Hosted group) {
        Entry entry = entries.get(group.name());
        if (entry != null && entry.group == group) {
            entries.remove(group.name());
        }
    }

    /** The groups of these slots are coordinated elsewhere from now on. */
    public void drop(IntPredicate slots) {
        lane.assertOwner();
        for (Map.Entry<GroupName, Entry> each : List.copyOf(entries.entrySet())) {
            Entry entry = each.getValue();
            if (slots.test(entry.slot)) {
                drop(each.getKey(), entry);
            }
        }
    }

    private void drop(GroupName name, Entry entry) {
        Hosted group = entry.group;
        if (group != null) {
            group.drop(OffsetWrites.moved());
        } else {
            failAll(name, entry, OffsetWrites.moved());
        }
    }

    private void lookLater() {
        if (!isLooking) {
            isLooking = true;
            lane.schedule(LOOK_EVERY, this::look);
        }
    }

    /** Looks for topics that are new, and for groups that nobody uses. */
    private void look() {
        isLooking = false;
        long idleNs = lane.nowNs() - IDLE_MAX.toNanos();
        for (Entry each : List.copyOf(entries.values())) {
            Hosted group = each.group;
            if (group != null && group.isIdleSince(idleNs)) {
                group.drop(OffsetWrites.moved());
            } else if (group != null) {
                group.refresh();
            }
        }
        if (!entries.isEmpty()) {
            lookLater();
        }
    }
}
