package sluice.consumer.coordinator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import sluice.consumer.group.GroupName;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupRecord;
import sluice.metadata.GroupStore;
import sluice.metadata.QueueConfig;

/**
 * Whether what a group gives up would come back to it by way of other groups, each of which gives
 * it up, too. Groups that are changed at the same moment do not see each other.
 */
final class DeadLetterCycles {

    private static final int PAGE = 1_000;

    /** So many groups of a namespace are looked at. */
    private static final int GROUPS_MAX = 10_000;

    /** So many groups in a row are followed. */
    private static final int HOPS_MAX = 16;

    private DeadLetterCycles() {}

    /**
     * @param then called on the lane, maybe at once, if there is no cycle
     * @param failed INVALID {@code dead-letter-cycle}, or what the store said
     */
    static void check(
            GroupPorts ports,
            GroupName name,
            GroupConfig config,
            Runnable then,
            Consumer<SluiceException> failed) {
        if (!(config instanceof QueueConfig queue) || queue.deadLetters().isEmpty()) {
            then.run();
            return;
        }
        ports.background()
                .run(
                        ports.lane(),
                        () -> find(queue, others(ports.store(), name)),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Success<Optional<List<String>>>(var found) ->
                                        found.ifPresentOrElse(
                                                way -> failed.accept(cycle(queue, way)), then);
                                case Outcome.Failure<Optional<List<String>>>(var error) ->
                                        failed.accept(error);
                            }
                        });
    }

    private static SluiceException cycle(QueueConfig config, List<String> way) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "dead-letter-cycle",
                "the group's dead letters come back to it through other groups' dead letters:"
                        + " deadLetterTopic=%s groups=%s; choose another topic here or there"
                                .formatted(config.deadLetters().orElse(""), way));
    }

    /** A group that gives messages on. */
    private record Step(String group, TopicPatterns reads, String deadLetters) {}

    private static List<Step> others(GroupStore store, GroupName name) {
        var steps = new ArrayList<Step>();
        String after = "";
        for (int seen = 0; seen < GROUPS_MAX; seen += PAGE) {
            List<GroupRecord> page = store.list(name.namespace(), "", after, PAGE);
            for (GroupRecord each : page) {
                if (!each.name().equals(name.name())
                        && each.config() instanceof QueueConfig queue
                        && queue.deadLetters().isPresent()) {
                    steps.add(
                            new Step(
                                    each.name(),
                                    new TopicPatterns(queue.topics()),
                                    queue.deadLetters().get()));
                }
            }
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().name();
        }
        return steps;
    }

    /**
     * @return the groups through which they come back, in order; empty if they do not
     */
    private static Optional<List<String>> find(QueueConfig config, List<Step> others) {
        record Place(String topic, List<String> way) {}
        var own = new TopicPatterns(config.topics());
        Set<String> seen = new HashSet<>();
        List<Place> places = List.of(new Place(config.deadLetters().orElseThrow(), List.of()));
        for (int hop = 0; hop < HOPS_MAX && !places.isEmpty(); hop++) {
            var next = new ArrayList<Place>();
            for (Place place : places) {
                for (Step each : others) {
                    if (each.reads().matches(place.topic()) && seen.add(each.group())) {
                        var way = new ArrayList<>(place.way());
                        way.add(each.group());
                        if (own.matches(each.deadLetters())) {
                            return Optional.of(way);
                        }
                        next.add(new Place(each.deadLetters(), way));
                    }
                }
            }
            places = next;
        }
        return Optional.empty();
    }
}
