package sluice.client.produce;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;

/**
 * The batches of one partition, from the one that takes records to those that were sent and whose
 * end is not known. A batch goes
 *
 * <pre>
 *            full, linger over, flush                 sent: gets its sequence
 *   open ─────────────────────────────▶ closed ─────────────────────────────▶ run ──▶ acknowledged
 *                                         ▲                                    │
 *                                         └───── not in the log, and one ──────┤
 *                                                before it ended badly         └────▶ failed
 * </pre>
 *
 * <p>The <em>run</em> is what was sent at one time, at most five batches, since that many a
 * partition's owner remembers of a producer. One request of a partition is under way at a time, and
 * as long as anything of the run has not ended, nothing but the run is sent. So order is kept, and
 * a batch is told from its repetition by its sequence:
 *
 * <ul>
 *   <li><em>Outcome unknown</em> (no answer, 504): the batch is sent again under the same sequence.
 *       If it is in the log, the owner answers with its offset.
 *   <li><em>Refused for good, or the delivery time is over</em>: the batch fails, as unknown if any
 *       attempt may have brought it into the log. Its place in the sequence may stay empty, so the
 *       partition begins anew under the next epoch. Batches of the run behind it that are not in
 *       the log go back to be sent under that epoch; those of which that is not known fail as
 *       unknown: to send them under another name could write them twice. Whatever comes late of the
 *       old epoch, the owner refuses.
 *   <li><em>Out of order</em>, and nothing before it is unanswered: the owner has lost what it had
 *       acknowledged (an operator's force-seal), or has forgotten this producer. It is certainly
 *       not in the log, nor is what follows; all of the run begins anew under the next epoch.
 *   <li>The first batch under an identity goes alone: an owner that does not know a producer takes
 *       any sequence for its first, so a second batch could overtake the first.
 *   <li>Without idempotence a run is one batch, and unknown is its end.
 * </ul>
 *
 * <p>A changed owner needs nothing: the new one has the sequences from the log. Nor does a topic
 * that was deleted and made anew: its partitions take any sequence for the first.
 */
final class PartitionQueue {

    private static final int RENEWALS_MAX = 3;

    final int partition;
    final String topic;
    private final ProducerSettings settings;
    private final Counters counters;

    @Nullable PendingBatch open;
    final ArrayDeque<PendingBatch> closed = new ArrayDeque<>();
    private final List<PendingBatch> run = new ArrayList<>();

    /** A request with batches of this partition is not answered yet. */
    private boolean isInFlight;

    /** How many of the run, from its first on, are under way and still waited for. */
    private int sentCount;

    /** Nothing is sent before, after an attempt that failed. */
    private long notBeforeNs;

    private int failedAttempts;

    private final Numbering numbering;

    PartitionQueue(
            String topic, int partition, ProducerSettings settings, Counters counters, long nowNs) {
        this.topic = topic;
        this.partition = partition;
        this.settings = settings;
        this.counters = counters;
        this.notBeforeNs = nowNs;
        this.numbering = new Numbering(settings.isIdempotent(), counters);
    }

    // --- records

    /** Closes the batch that takes records if one of this size would make it too large. */
    void closeUnlessFits(long recordBytes) {
        PendingBatch taking = open;
        if (taking != null
                && (taking.sizeBytes() + recordBytes > settings.batchBytes()
                        || taking.recordCount() == 100_000)) {
            close();
        }
    }

    /** The batch for one more record. */
    PendingBatch taking(int recordBytes, long nowNs) {
        PendingBatch taking = open;
        if (taking == null) {
            taking = new PendingBatch(this, recordBytes, nowNs);
            open = taking;
        }
        return taking;
    }

    void close() {
        PendingBatch taking = open;
        if (taking != null) {
            closed.addLast(taking);
            open = null;
        }
    }

    /** All that has not ended; the batch that takes records takes no more. */
    List<PendingBatch> unfinished() {
        close();
        var unfinished = new ArrayList<>(run);
        unfinished.addAll(closed);
        return unfinished;
    }

    boolean isEmpty() {
        return open == null && closed.isEmpty() && run.isEmpty();
    }

    /** More waits here than goes with the next request. */
    boolean isBehind() {
        return !closed.isEmpty() || failedAttempts > 0;
    }

    // --- sending

    /** Something may be sent now, be it due or not. */
    boolean maySend(long nowNs) {
        return !isInFlight
                && nowNs - notBeforeNs >= 0
                && (open != null || !closed.isEmpty() || !run.isEmpty());
    }

    /** Something waits that should be sent as soon as it may. */
    boolean isDue(long nowNs, boolean isPressed) {
        PendingBatch taking = open;
        return !run.isEmpty()
                || !closed.isEmpty()
                || (taking != null
                        && (isPressed || nowNs - taking.createdNs >= settings.lingerNs()));
    }

    /** When to look again, if nothing happens before; null if there is no such moment. */
    @Nullable Long wakeNs(long nowNs, boolean isPressed) {
        PendingBatch oldest = first();
        if (oldest == null) {
            return null;
        }
        long wakeNs = oldest.createdNs + settings.deliveryTimeoutNs();
        Long sendNs = sendNs(nowNs, isPressed);
        // What is due and was not sent waits for an answer, which wakes by itself.
        return sendNs != null && sendNs - nowNs > 0 && sendNs - wakeNs < 0 ? sendNs : wakeNs;
    }

    /** When something is to be sent: now or later; null while an answer is waited for. */
    @Nullable Long sendNs(long nowNs, boolean isPressed) {
        PendingBatch oldest = first();
        if (isInFlight || oldest == null) {
            return null;
        }
        boolean lingers = oldest == open && !isPressed;
        long dueNs = lingers ? oldest.createdNs + settings.lingerNs() : nowNs;
        return dueNs - notBeforeNs > 0 ? dueNs : notBeforeNs;
    }

    /** Says whether another producer id is needed before something can be sent. */
    boolean needsIdentity(Identity current) {
        return numbering.isExhausted(current);
    }

    boolean isAlone() {
        PendingBatch first = first();
        return first != null && first.isAlone;
    }

    /** Bytes that go with the next request, at least. */
    long nextBytes() {
        PendingBatch first = first();
        return first == null ? 0 : first.sizeBytes();
    }

    /** The batch that is sent next. */
    private @Nullable PendingBatch first() {
        return !run.isEmpty() ? run.get(0) : !closed.isEmpty() ? closed.getFirst() : open;
    }

    /** The highest epoch used under this producer id; −1 if none. */
    int epochUnder(long producerId) {
        return numbering.epochUnder(producerId);
    }

    /**
     * Takes what to send: the run again, or a new one.
     *
     * @param current to begin with; ignored without idempotence
     */
    List<PendingBatch> take(Identity current) {
        assert !isInFlight : "one request of a partition at a time: " + topic + "/" + partition;
        if (run.isEmpty()) {
            beginRun(current);
        }
        isInFlight = true;
        List<PendingBatch> taken = run.get(0).isAlone ? List.of(run.get(0)) : List.copyOf(run);
        sentCount = taken.size();
        for (PendingBatch batch : taken) {
            counters.retries += batch.attempts > 0 ? 1 : 0;
            batch.attempts++;
        }
        return taken;
    }

    private void beginRun(Identity current) {
        if (closed.isEmpty()) {
            close();
        }
        numbering.beginRun(current);
        int batchesMax =
                settings.isIdempotent() && numbering.isKnown() ? settings.requestBatchesMax() : 1;
        int bytes = 0;
        while (!closed.isEmpty() && run.size() < batchesMax) {
            PendingBatch next = closed.getFirst();
            bytes += next.sizeBytes();
            if (!run.isEmpty() && bytes > settings.requestBytesMax()) {
                break;
            }
            closed.removeFirst();
            numbering.number(next);
            run.add(next);
        }
    }

    // --- answers

    /**
     * Takes the answer to what {@link #take} gave.
     *
     * @param outcomes of each of {@code sent}, in their order
     */
    void answered(
            List<PendingBatch> sent,
            List<BatchOutcome> outcomes,
            long nowNs,
            RandomGenerator random,
            Ends ends) {
        isInFlight = false;
        sentCount = 0;
        Duration asked = Duration.ZERO;
        for (int i = 0; i < sent.size(); i++) {
            PendingBatch batch = sent.get(i);
            if (batch.isEnded) {
                continue; // Its time was over before the answer came.
            }
            if (outcomes.get(i) instanceof BatchOutcome.Appended appended) {
                ends.acked(batch, appended);
                run.remove(batch);
                numbering.acknowledged();
            } else if (outcomes.get(i) instanceof BatchOutcome.Again again) {
                batch.lastFailure = again.reason();
                batch.mayBeAppended |= again.mayBeAppended();
                asked = again.retryAfter().compareTo(asked) > 0 ? again.retryAfter() : asked;
            }
        }
        for (int i = 0; i < sent.size(); i++) {
            int at = run.indexOf(sent.get(i));
            if (at >= 0) {
                settle(at, outcomes.get(i), ends);
            }
        }
        if (run.isEmpty()) {
            failedAttempts = 0;
            return;
        }
        Duration pause = settings.backoff().delayAfter(failedAttempts, random);
        pause = pause.compareTo(asked) > 0 ? pause : asked;
        failedAttempts++;
        notBeforeNs = nowNs + pause.toNanos();
    }

    /** Handles what an outcome means beyond its batch. */
    private void settle(int at, BatchOutcome outcome, Ends ends) {
        PendingBatch batch = run.get(at);
        if (outcome instanceof BatchOutcome.Refused refused) {
            ends.refused(batch, refused.problem());
            cutRun(at, "a batch before it in the sequence was refused", ends);
        } else if (outcome instanceof BatchOutcome.OutOfOrder outOfOrder) {
            batch.lastFailure = outOfOrder.problem().toString();
            if (at == 0) {
                outOfOrder(batch, outOfOrder.problem(), ends);
            } // Else what it misses is before it in the run, and comes again with it.
        } else if (batch.mayBeAppended && !settings.isIdempotent()) {
            ends.unknown(batch, batch.lastFailure);
            run.remove(at);
        }
    }

    private void outOfOrder(PendingBatch first, Problem problem, Ends ends) {
        run.forEach(each -> each.mayBeAppended = false);
        if (++first.renewals > RENEWALS_MAX) {
            ends.refused(first, problem);
            run.remove(0);
        }
        backToClosed(0);
    }

    /** After the batch at {@code at} ended without being in the log for sure. */
    private void cutRun(int at, String why, Ends ends) {
        run.remove(at);
        for (int i = at; i < run.size(); ) {
            PendingBatch behind = run.get(i);
            if (behind.mayBeAppended) {
                ends.unknown(behind, why);
                run.remove(i);
            } else {
                i++;
            }
        }
        backToClosed(at);
    }

    /** The run from {@code at} on is not in the log, and will have another place in a sequence. */
    private void backToClosed(int at) {
        for (int i = run.size() - 1; i >= at; i--) {
            closed.addFirst(run.remove(i));
        }
        numbering.broken();
    }

    // --- time

    /** Ends what is overdue. */
    void expire(long nowNs, Ends ends) {
        while (!run.isEmpty() && isOverdue(run.get(0), nowNs)) {
            PendingBatch oldest = run.get(0);
            // What is under way may arrive yet.
            run.subList(0, sentCount).forEach(batch -> batch.mayBeAppended = true);
            sentCount = 0;
            ends.gaveUp(oldest, overdue(oldest));
            cutRun(0, "the delivery time of a batch before it is over", ends);
        }
        while (!closed.isEmpty() && isOverdue(closed.getFirst(), nowNs)) {
            PendingBatch oldest = closed.removeFirst();
            ends.gaveUp(oldest, overdue(oldest));
        }
        PendingBatch taking = open;
        if (taking != null && isOverdue(taking, nowNs)) {
            open = null;
            ends.gaveUp(taking, overdue(taking));
        }
    }

    /** Ends everything: the topic is gone, or the producer closes. */
    void endAll(Consumer<PendingBatch> end) {
        close();
        run.subList(0, sentCount).forEach(batch -> batch.mayBeAppended = true);
        sentCount = 0;
        run.forEach(end);
        run.clear();
        closed.forEach(end);
        closed.clear();
    }

    private boolean isOverdue(PendingBatch batch, long nowNs) {
        return nowNs - batch.createdNs >= settings.deliveryTimeoutNs();
    }

    private String overdue(PendingBatch batch) {
        return "deliveryTimeout=%s is over; %s"
                .formatted(
                        settings.deliveryTimeout(),
                        batch.lastFailure.isEmpty()
                                ? "it could not be sent"
                                : "the last attempt: " + batch.lastFailure);
    }
}
