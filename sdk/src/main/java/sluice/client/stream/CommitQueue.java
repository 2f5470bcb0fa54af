package sluice.client.stream;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.link.Frames;
import sluice.client.record.TopicPartition;

/**
 * Commits, one under way at a time, so that none is overtaken by an older one that is repeated.
 *
 * <pre>
 *   waiting ──────▶ under way ──committed──▶ done
 *      ▲               │ │ refused, or a hold it is of is over ──▶ failed
 *      └───────────────┘ connection lost, or coordinator not there: the same again
 * </pre>
 *
 * <p>A commit belongs to the holds under which its records were read. If one of them is over, it
 * fails, also if the same partition was assigned anew since. Owned by the session's lane.
 */
final class CommitQueue {

    static final int WAITING_MAX = 1_000;

    /** Sends a frame, if there is a session in which all holds are confirmed. */
    interface Gateway {
        boolean commit(long id, Map<TopicPartition, Long> offsets);
    }

    /** What a commit does about holds that are over. */
    enum Lost {
        /** It fails: the caller named the partitions. */
        FAILS,
        /** It goes without them: the caller meant all that it has. */
        LEFT_OUT
    }

    private record Commit(
            Map<HeldPartition, Long> offsets, Lost lost, CompletableFuture<Void> done) {}

    private final HeldPartitions partitions;
    private final Gateway gateway;
    private final Deque<Commit> waiting = new ArrayDeque<>();
    private @Nullable Commit underWay;
    private long lastId;

    CommitQueue(HeldPartitions partitions, Gateway gateway) {
        this.partitions = partitions;
        this.gateway = gateway;
    }

    CompletableFuture<Void> add(Map<HeldPartition, Long> offsets, Lost lost) {
        var done = new CompletableFuture<Void>();
        if (offsets.isEmpty()) {
            done.complete(null);
        } else if (waiting.size() >= WAITING_MAX) {
            done.completeExceptionally(
                    new RetriableException(
                            "too many commits are under way: max="
                                    + WAITING_MAX
                                    + "; wait for some of them"));
        } else {
            waiting.add(new Commit(Map.copyOf(offsets), lost, done));
            sendNext();
        }
        return done;
    }

    /** Sends what can be sent. */
    void sendNext() {
        while (underWay == null && !waiting.isEmpty()) {
            Commit next = waiting.getFirst();
            if (next.lost() == Lost.FAILS && !isCurrent(next)) {
                waiting.removeFirst();
                next.done().completeExceptionally(notAssigned(next));
            } else {
                Map<TopicPartition, Long> offsets = currentOf(next);
                if (offsets.isEmpty()) {
                    waiting.removeFirst();
                    next.done().complete(null);
                    continue;
                }
                if (!gateway.commit(lastId + 1, offsets)) {
                    return;
                }
                lastId++;
                waiting.removeFirst();
                underWay = next;
            }
        }
    }

    private boolean isCurrent(Commit commit) {
        return commit.offsets().keySet().stream().allMatch(partitions::isCurrent);
    }

    private Map<TopicPartition, Long> currentOf(Commit commit) {
        var offsets = new HashMap<TopicPartition, Long>();
        commit.offsets()
                .forEach((hold, offset) -> {
                    if (partitions.isCurrent(hold)) {
                        offsets.put(hold.id, offset);
                    }
                });
        return offsets;
    }

    private static SluiceApiException notAssigned(Commit commit) {
        return notAssigned(commit.offsets().keySet().stream().map(hold -> hold.id).toList());
    }

    static SluiceApiException notAssigned(Collection<TopicPartition> partitions) {
        return new SluiceApiException(
                "partitions " + partitions,
                new Problem(
                        "not-assigned",
                        409,
                        "The partition is not this member's",
                        "it was lost since its records were read, or never assigned: partitions="
                                + partitions,
                        "Go on; whoever has it now reads what was not committed.",
                        Map.of()));
    }

    void committed(long id) {
        Commit done = take(id);
        if (done != null) {
            done.offsets().forEach((hold, offset) -> hold.committed = offset);
            done.done().complete(null);
            sendNext();
        }
    }

    /**
     * A commit was not done.
     *
     * @return true if it is to be repeated after a pause, by {@link #sendNext}
     */
    boolean refused(long id, Problem problem) {
        Commit refused = take(id);
        if (refused == null) {
            return false;
        }
        if (Frames.mayPass(problem) || willBeLeftOut(refused, problem)) {
            waiting.addFirst(refused);
            return true;
        }
        refused.done().completeExceptionally(new SluiceApiException("commit", problem));
        sendNext();
        return false;
    }

    /**
     * The gateway is about to say which partition is lost; without it, the others are committed.
     */
    private static boolean willBeLeftOut(Commit commit, Problem problem) {
        return commit.lost() == Lost.LEFT_OUT
                && (problem.code().equals("not-assigned") || problem.code().equals("stale-epoch"));
    }

    private @Nullable Commit take(long id) {
        Commit taken = id == lastId ? underWay : null;
        if (taken != null) {
            underWay = null;
        }
        return taken;
    }

    /** Whether it was done is not known; setting it again sets the same. */
    void disconnected() {
        if (underWay != null) {
            waiting.addFirst(underWay);
            underWay = null;
        }
    }

    void failAll(SluiceClientException failure) {
        disconnected();
        waiting.forEach(commit -> commit.done().completeExceptionally(failure));
        waiting.clear();
    }
}
