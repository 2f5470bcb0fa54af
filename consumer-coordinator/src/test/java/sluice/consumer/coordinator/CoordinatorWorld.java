package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.PullSessions;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.GroupLimits;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;
import sluice.metadata.GroupStore;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.Items;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** Some gateways that coordinate groups over one set of tables; who asks chooses whom it asks. */
final class CoordinatorWorld implements PartitionEnds {

    static final GroupName GROUP = new GroupName("default", "g");

    final long seed;
    final VirtualTime time;
    final MemoryItemStore memory = new MemoryItemStore();
    private final Map<Table, Integer> writes = new HashMap<>();
    final List<String> polled = new ArrayList<>();
    final MemoryOwners queues;
    final Set<UUID> lostNodes = new HashSet<>();
    private static final List<Fault> FAULTS =
            List.of(Fault.REFUSED, Fault.LOST_REQUEST, Fault.LOST_RESPONSE);

    private final List<Node> nodes = new ArrayList<>();
    private final TreeMap<String, TopicRecord> topics = new TreeMap<>();
    private final Map<TopicPartition, Ends> ends = new HashMap<>();
    private long lastTopicId;
    private boolean isStoreAway;
    private boolean areOwnersAway;
    private int faultsPerMille;

    CoordinatorWorld(long seed) {
        this.seed = seed;
        this.time = new VirtualTime(seed);
        this.queues = new MemoryOwners(time);
        memory.setFaults((call, table, _) -> {
            if (call == Call.PUT || call == Call.DELETE) {
                writes.merge(table, 1, Integer::sum);
            }
            if (isStoreAway) {
                return Fault.REFUSED;
            }
            return faultsPerMille > 0 && time.random().nextInt(1000) < faultsPerMille
                    ? FAULTS.get(time.random().nextInt(FAULTS.size()))
                    : Fault.NONE;
        });
    }

    /** One gateway's part. */
    final class Node implements PullSessions {
        final VirtualTime.Scope scope;
        final Lane lane;
        final LocalGroups groups;

        /** Of the slot, under which it owns it. */
        long epoch = 1;

        Node(String name) {
            scope = time.scope(name);
            lane = scope.lane("groups");
            var delay = Delay.ofMicros(500, 5_000);
            groups =
                    new LocalGroups(
                            new GroupPorts(
                                    new UUID(1, nodes.size()),
                                    lane,
                                    scope.background(delay, delay),
                                    new GroupStore(new Items(memory, random(), _ -> {})),
                                    CoordinatorWorld.this::matching,
                                    CoordinatorWorld.this,
                                    this,
                                    new QueueGroupPorts(queues, queues, lostNodes::contains),
                                    CoordinatorWorld.this::newId,
                                    GroupLimits.DEFAULT));
        }

        CompletableFuture<Outcome<GroupReply>> ask(GroupName group, GroupRequest request) {
            var answer = new CompletableFuture<Outcome<GroupReply>>();
            lane.execute(() -> groups.handle(0, epoch, group, request, answer::complete));
            return answer;
        }

        @Override
        public void poll(
                GroupName group,
                StreamConfig config,
                GroupRequest.Poll request,
                Consumer<Outcome<GroupReply.Polled>> answer) {
            polled.add("poll " + request.member());
            answer.accept(
                    new Outcome.Success<>(
                            new GroupReply.Polled(1, 1, List.of(), List.of(), List.of())));
        }

        @Override
        public void ended(GroupName group, UUID member) {
            polled.add("ended " + member);
        }
    }

    Node node(String name) {
        var node = new Node(name);
        nodes.add(node);
        return node;
    }

    SplittableRandom random() {
        return new SplittableRandom(time.random().nextLong());
    }

    private UUID newId() {
        return new UUID(time.random().nextLong(), time.random().nextLong());
    }

    void topic(String name, int partitions) {
        TopicRecord old = topics.get(name);
        topics.put(
                name,
                new TopicRecord(
                        "default",
                        name,
                        old == null ? ++lastTopicId : old.id(),
                        TopicRecord.State.ACTIVE,
                        Collections.nCopies(partitions, 0),
                        new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1000),
                        old == null ? time.wallMs() : old.createdAtMs()));
    }

    void deleteTopic(String name) {
        topics.remove(name);
    }

    void ends(String topic, int partition, long logStart, long highWatermark) {
        ends.put(new TopicPartition(topic, partition), new Ends(logStart, highWatermark));
    }

    int writes(Table table) {
        return writes.getOrDefault(table, 0);
    }

    void storeAway(boolean isAway) {
        isStoreAway = isAway;
    }

    /** How many calls of the store fail, or lose their request or response. */
    void faults(int perMille) {
        faultsPerMille = perMille;
    }

    void ownersAway(boolean isAway) {
        areOwnersAway = isAway;
    }

    private CompletionStage<List<TopicRecord>> matching(String namespace, List<String> patterns) {
        var wanted = new TopicPatterns(patterns);
        return CompletableFuture.completedStage(
                topics.values().stream().filter(each -> wanted.matches(each.name())).toList());
    }

    @Override
    public CompletionStage<Ends> ends(TopicRecord topic, int partition) {
        var found = new CompletableFuture<Ends>();
        time.scope("owner")
                .schedule(
                        Delay.ofMicros(100, 30_000).draw(time.random()),
                        () -> {
                            if (areOwnersAway) {
                                found.completeExceptionally(
                                        new SluiceException(
                                                SluiceException.Kind.UNAVAILABLE,
                                                "no-owner",
                                                "away"));
                            } else {
                                found.complete(
                                        ends.getOrDefault(
                                                new TopicPartition(topic.name(), partition),
                                                new Ends(0, 0)));
                            }
                        });
        return found;
    }

    /** Each record's timestamp is its offset in milliseconds. */
    @Override
    public CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs) {
        return ends(topic, partition)
                .thenApply(
                        found -> Math.clamp(timestampMs, found.logStart(), found.highWatermark()));
    }

    <T> T await(CompletableFuture<T> answer) {
        if (!time.runUntil(answer::isDone, Duration.ofMinutes(1))) {
            throw new AssertionError("no answer within a minute: seed=" + seed);
        }
        return answer.join();
    }

    GroupReply reply(Node node, GroupRequest request) {
        return reply(await(node.ask(GROUP, request)));
    }

    static GroupReply reply(Outcome<GroupReply> outcome) {
        return switch (outcome) {
            case Outcome.Success<GroupReply>(var reply) -> reply;
            case Outcome.Failure<GroupReply>(var error) -> throw error;
        };
    }

    String refusal(Node node, GroupRequest request) {
        return switch (await(node.ask(GROUP, request))) {
            case Outcome.Success<GroupReply>(var reply) -> "answered " + reply;
            case Outcome.Failure<GroupReply>(var error) -> error.code();
        };
    }
}
