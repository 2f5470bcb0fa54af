package sluice.consumer.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import sluice.consumer.group.PartitionOffset;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/**
 * Commits the offsets after records before it lets them pass, so that nothing is delivered twice
 * (G7). One commit at a time: a later one of a partition must not be overtaken by an earlier one.
 *
 * <p>What may not be committed does not pass. A commit whose outcome is not known is repeated,
 * since it sets what it may have set already.
 */
final class CommitFirst {

    private final Lane lane;
    private final SessionLimits limits;
    private final Function<List<PartitionOffset>, CompletionStage<Long>> commit;
    private boolean isCommitting;

    /**
     * @param commit of the member, in its present epoch; completes on the lane
     */
    CommitFirst(
            Lane lane,
            SessionLimits limits,
            Function<List<PartitionOffset>, CompletionStage<Long>> commit) {
        this.lane = lane;
        this.limits = limits;
        this.commit = commit;
    }

    boolean isCommitting() {
        return isCommitting;
    }

    /**
     * @param then gets those that may pass, in order, when nothing is being committed any more
     */
    void pass(List<Chunk> chunks, Consumer<List<Chunk>> then) {
        assert !isCommitting : "one commit at a time";
        isCommitting = true;
        var passed = new ArrayList<Chunk>();
        var groups = new ArrayDeque<List<Chunk>>();
        groups.add(chunks);
        next(groups, passed, then);
    }

    private void next(
            ArrayDeque<List<Chunk>> groups, List<Chunk> passed, Consumer<List<Chunk>> then) {
        List<Chunk> group = groups.poll();
        if (group == null) {
            isCommitting = false;
            then.accept(List.copyOf(passed));
            return;
        }
        commit.apply(offsetsOf(group))
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        passed.addAll(group);
                        next(groups, passed, then);
                    } else {
                        refused(group, Failures.of(failure), groups, passed, then);
                    }
                });
    }

    private void refused(
            List<Chunk> group,
            SluiceException failure,
            ArrayDeque<List<Chunk>> groups,
            List<Chunk> passed,
            Consumer<List<Chunk>> then) {
        if (Failures.mayPass(failure)) {
            groups.addFirst(group);
            lane.schedule(limits.retryPause(), () -> next(groups, passed, then));
            return;
        }
        if (group.size() > 1) {
            // One that is lost refuses all; each is tried for itself.
            group.reversed().forEach(chunk -> groups.addFirst(List.of(chunk)));
        }
        next(groups, passed, then);
    }

    private static List<PartitionOffset> offsetsOf(List<Chunk> chunks) {
        return chunks.stream()
                .map(chunk -> new PartitionOffset(chunk.partition(), chunk.nextOffset()))
                .toList();
    }
}
