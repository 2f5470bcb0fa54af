package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import sluice.consumer.coordinator.TopicLookup;
import sluice.consumer.stream.TopicPatterns;
import sluice.log.lane.Clock;
import sluice.metadata.TopicRecord;

/**
 * Topics for groups: names are looked up one by one, in the catalog's cache; for patterns the
 * namespace is listed, once for all groups that ask within {@link #FRESH}. Safe from any thread.
 */
final class GroupTopics implements TopicLookup {

    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final int NAMESPACES_MAX = 1_000;
    private static final int PAGE = 1_000;

    private record Listed(long askedNs, CompletableFuture<List<TopicRecord>> topics) {}

    private final Engine.Topics topics;
    private final Clock clock;
    private final Executor blocking;
    private final Map<String, Listed> lists = new ConcurrentHashMap<>();

    GroupTopics(Engine.Topics topics, Clock clock, Executor blocking) {
        this.topics = topics;
        this.clock = clock;
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<List<TopicRecord>> matching(String namespace, List<String> patterns) {
        CompletionStage<TreeMap<String, TopicRecord>> found =
                CompletableFuture.completedStage(new TreeMap<>());
        for (String pattern : patterns) {
            if (!TopicPatterns.isPattern(pattern)) {
                found = found.thenCombine(topics.find(namespace, pattern), GroupTopics::with);
            }
        }
        var names = new TopicPatterns(patterns.stream().filter(TopicPatterns::isPattern).toList());
        if (!names.patterns().isEmpty()) {
            found =
                    found.thenCombine(
                            listed(namespace),
                            (all, listed) -> {
                                listed.stream()
                                        .filter(topic -> names.matches(topic.name()))
                                        .forEach(topic -> all.put(topic.name(), topic));
                                return all;
                            });
        }
        return found.thenApply(all -> List.copyOf(all.values()));
    }

    private static TreeMap<String, TopicRecord> with(
            TreeMap<String, TopicRecord> all, Optional<TopicRecord> found) {
        found.ifPresent(topic -> all.put(topic.name(), topic));
        return all;
    }

    private CompletionStage<List<TopicRecord>> listed(String namespace) {
        long nowNs = clock.nowNs();
        lists.values().removeIf(each -> nowNs - each.askedNs() > FRESH.toNanos());
        if (lists.size() >= NAMESPACES_MAX) {
            lists.clear();
        }
        return lists.computeIfAbsent(
                        namespace,
                        _ ->
                                new Listed(
                                        nowNs,
                                        CompletableFuture.supplyAsync(
                                                () -> all(namespace), blocking)))
                .topics();
    }

    private List<TopicRecord> all(String namespace) {
        var all = new ArrayList<TopicRecord>();
        String after = "";
        while (true) {
            List<TopicRecord> page = topics.list(namespace, after, PAGE);
            all.addAll(page);
            // Those that are being deleted are left out of a page, so a short one may not be last.
            if (page.isEmpty()) {
                return all;
            }
            after = page.getLast().name();
        }
    }
}
