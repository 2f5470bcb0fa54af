package sluice.consumer.coordinator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import sluice.consumer.coordinator.PartitionEnds.Ends;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.consumer.stream.Refusals;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/**
 * Commits on their way to the write: each waits until it is known that its records are there, and
 * behind earlier commits of the same partitions, so that none is overtaken by an older one.
 *
 * <p>High watermarks only grow, so what a partition's owner said once is believed for ever; a
 * commit beyond it asks again.
 */
final class CommitQueue {

    private static final int WAITING_MAX = 10_000;

    /** A commit that waits for its turn. */
    private static final class Waiting {
        final List<Entry> entries;
        final Runnable ready;
        final Consumer<SluiceException> failed;
        int asking;
        boolean isOver;

        Waiting(List<Entry> entries, Runnable ready, Consumer<SluiceException> failed) {
            this.entries = entries;
            this.ready = ready;
            this.failed = failed;
        }
    }

    /** Asks a partition's owner where it ends; answers on the lane. */
    interface EndOf {
        void ask(Entry entry, Consumer<Outcome<Ends>> then);
    }

    private final EndOf endOf;
    private final Map<TopicPartition, Long> known = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();

    CommitQueue(EndOf endOf) {
        this.endOf = endOf;
    }

    private static TopicPartition partition(Entry entry) {
        return new TopicPartition(entry.topic(), entry.partition());
    }

    /**
     * @param ready called when it is the commit's turn and all its records are there
     * @param failed INVALID {@code offset-out-of-range}, or why an owner could not be asked
     */
    void add(List<Entry> entries, Runnable ready, Consumer<SluiceException> failed) {
        if (waiting.size() >= WAITING_MAX) {
            failed.accept(
                    new SluiceException(
                            SluiceException.Kind.OVERLOADED,
                            "too-many-commits",
                            "too many commits of the group wait; retry after a pause"));
            return;
        }
        var commit = new Waiting(entries, ready, failed);
        waiting.add(commit);
        for (Entry each : entries) {
            if (each.offset() > known.getOrDefault(partition(each), 0L)) {
                commit.asking++;
                endOf.ask(each, outcome -> answered(commit, each, outcome));
            }
        }
        advance();
    }

    private void answered(Waiting commit, Entry entry, Outcome<Ends> outcome) {
        commit.asking--;
        if (commit.isOver) {
            return;
        }
        switch (outcome) {
            case Outcome.Success<Ends>(Ends(_, long highWatermark)) -> {
                known.merge(partition(entry), highWatermark, Math::max);
                if (entry.offset() > highWatermark) {
                    end(
                            commit,
                            Refusals.outOfRange(
                                    new PartitionOffset(partition(entry), entry.offset()),
                                    "the high watermark is " + highWatermark));
                }
            }
            case Outcome.Failure<Ends>(var error) -> end(commit, error);
        }
        advance();
    }

    private void end(Waiting commit, SluiceException error) {
        commit.isOver = true;
        waiting.remove(commit);
        commit.failed.accept(error);
    }

    /** Lets all go that wait for nothing, and behind nobody. */
    private void advance() {
        Set<TopicPartition> before = new HashSet<>();
        for (Waiting each : List.copyOf(waiting)) {
            List<TopicPartition> own = each.entries.stream().map(CommitQueue::partition).toList();
            if (each.asking == 0 && own.stream().noneMatch(before::contains)) {
                each.isOver = true;
                waiting.remove(each);
                each.ready.run();
            } else {
                before.addAll(own);
            }
        }
    }

    /** A topic of this name may be another one from now on. */
    void forget(String topic) {
        known.keySet().removeIf(each -> each.topic().equals(topic));
    }

    void failAll(SluiceException why) {
        List.copyOf(waiting).forEach(each -> end(each, why));
    }
}
