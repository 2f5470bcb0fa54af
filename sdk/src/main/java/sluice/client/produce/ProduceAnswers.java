package sluice.client.produce;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.http.Answer;
import sluice.client.http.Attempt;
import sluice.client.http.Problems;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/**
 * What an answer to a produce request says of each batch. An answer that does not speak of all the
 * batches that were sent is none: they may be appended or not.
 */
final class ProduceAnswers {

    private static final String SOME_NOT_APPENDED = "some-not-appended";
    private static final String OUT_OF_ORDER = "out-of-order-sequence";
    private static final String UNKNOWN_TOPIC = "unknown-topic";

    /** Its status says to try again, but it means that a later producer took the name over. */
    private static final String PRODUCER_FENCED = "producer-fenced";

    private ProduceAnswers() {}

    /** Exactly one of answer and failure is there. */
    static Cluster.RequestOutcome read(
            URI gateway,
            List<PendingBatch> batches,
            @Nullable Answer answer,
            @Nullable Throwable failure) {
        if (answer != null && answer.status() == 202) {
            return alike(batches, new BatchOutcome.Appended(RecordMetadata.NO_OFFSET, false));
        }
        Attempt attempt = Attempt.of(gateway, answer, failure);
        if (attempt instanceof Attempt.Again again && again.isGatewayGone()) {
            var outcome = new BatchOutcome.Again(again.reason(), Duration.ZERO, again.mayBeDone());
            return new Cluster.RequestOutcome(
                    Collections.nCopies(batches.size(), outcome), true, false, false);
        }
        Answer known = java.util.Objects.requireNonNull(answer);
        Duration retryAfter =
                attempt instanceof Attempt.Again again
                        ? again.retryAfter().orElse(Duration.ZERO)
                        : Duration.ZERO;
        try {
            if (attempt instanceof Attempt.Answered) {
                return each(known.json(), batches, known.status(), retryAfter);
            }
            Problem problem = Problems.of(known, gateway.toString());
            if (problem.code().equals(SOME_NOT_APPENDED)) {
                return each(known.json(), batches, known.status(), retryAfter);
            }
            return new Cluster.RequestOutcome(
                    Collections.nCopies(batches.size(), outcome(problem, retryAfter)),
                    false,
                    true,
                    problem.code().equals(UNKNOWN_TOPIC));
        } catch (JsonException notUnderstood) {
            return alike(
                    batches,
                    new BatchOutcome.Again(
                            "%s answered with something else than was asked: %s"
                                    .formatted(gateway, notUnderstood.getMessage()),
                            retryAfter,
                            true));
        }
    }

    private static Cluster.RequestOutcome alike(List<PendingBatch> batches, BatchOutcome outcome) {
        return new Cluster.RequestOutcome(
                Collections.nCopies(batches.size(), outcome), false, false, false);
    }

    private static Cluster.RequestOutcome each(
            Json document, List<PendingBatch> batches, int status, Duration retryAfter) {
        List<Json> entries = document.list("batches");
        if (entries.size() != batches.size()) {
            throw new JsonException(
                    "expected batches=%d, found batches=%d"
                            .formatted(batches.size(), entries.size()));
        }
        List<Json> failures = document.list("failures");
        int failed = 0;
        var outcomes = new ArrayList<BatchOutcome>();
        for (int i = 0; i < entries.size(); i++) {
            Json entry = entries.get(i);
            PendingBatch batch = batches.get(i);
            if (entry.integer("partition") != batch.queue.partition
                    || entry.integer("count") != batch.recordCount()) {
                throw new JsonException("expected %s, found %s".formatted(batch, entry));
            }
            if (entry.field("error").isPresent()) {
                Json problem =
                        failed < failures.size()
                                ? failures.get(failed).field("problem").orElse(entry)
                                : entry;
                failed++;
                outcomes.add(outcome(Problems.of(problem, status), retryAfter));
            } else {
                outcomes.add(
                        new BatchOutcome.Appended(
                                entry.number("baseOffset"), entry.isTrue("duplicate")));
            }
        }
        return new Cluster.RequestOutcome(outcomes, false, false, false);
    }

    /** The status says what to do, but for those few codes whose meaning is a producer's own. */
    private static BatchOutcome outcome(Problem problem, Duration retryAfter) {
        if (problem.code().equals(OUT_OF_ORDER)) {
            return new BatchOutcome.OutOfOrder(problem);
        }
        if (problem.code().equals(PRODUCER_FENCED)) {
            return new BatchOutcome.Refused(problem);
        }
        int status = problem.status();
        boolean isTopicGone = problem.code().equals(UNKNOWN_TOPIC);
        boolean isBodyLate = problem.code().equals("body-timeout");
        if (status == 429 || status == 503 || isTopicGone || isBodyLate) {
            return new BatchOutcome.Again(problem.toString(), retryAfter, false);
        }
        if (status == 408 || status >= 500) {
            // A defect may have come after the append, and a proxy's word is not the gateway's.
            return new BatchOutcome.Again(problem.toString(), retryAfter, true);
        }
        return new BatchOutcome.Refused(problem);
    }
}
