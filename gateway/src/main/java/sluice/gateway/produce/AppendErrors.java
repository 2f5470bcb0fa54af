package sluice.gateway.produce;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.Problems;

/** The problems of those appends that failed; each is made, and logged if need be, once. */
final class AppendErrors {

    private static final Set<Integer> MAY_PASS = Set.of(429, 503, 504);

    private final @Nullable Problem[] problemOfBatch;
    private int count;
    private boolean allAlike = true;
    private @Nullable Problem gravest;

    AppendErrors(Appends appends, Problems problems) {
        problemOfBatch = new Problem[appends.count()];
        for (int batch = 0; batch < appends.count(); batch++) {
            Throwable failure = appends.failure(batch);
            if (failure != null) {
                add(batch, problems.of(failure));
            }
        }
    }

    private void add(int batch, Problem problem) {
        problemOfBatch[batch] = problem;
        count++;
        Problem before = gravest;
        if (before == null) {
            gravest = problem;
            return;
        }
        allAlike &= before.code().equals(problem.code());
        // As it happens the highest status, 504 for an unknown outcome, is the gravest too.
        if (problem.status() > before.status()) {
            gravest = problem;
        }
    }

    /** The problem with the highest status; null if all was appended. */
    @Nullable Problem gravest() {
        return gravest;
    }

    int count() {
        return count;
    }

    /** True if every append failed, and all for the same reason. */
    boolean isOneForAll() {
        return count == problemOfBatch.length && allAlike;
    }

    /** True if the same request may do better. */
    boolean mayPass() {
        for (Problem problem : problemOfBatch) {
            if (problem != null && MAY_PASS.contains(problem.status())) {
                return true;
            }
        }
        return false;
    }

    byte[] code(int batch) {
        return JsonBytes.ascii(problem(batch).code());
    }

    /**
     * Each failed batch with its whole problem, once however many records it has.
     *
     * @param place of a batch, as fields of JSON
     * @param max of them that are told
     */
    String json(IntFunction<String> place, int max) {
        var json = new StringBuilder("[");
        int told = 0;
        for (int batch = 0; batch < problemOfBatch.length && told < max; batch++) {
            if (problemOfBatch[batch] != null) {
                json.append(told++ > 0 ? "," : "")
                        .append('{')
                        .append(place.apply(batch))
                        .append(",\"problem\":")
                        .append(new String(problem(batch).toJson(), StandardCharsets.UTF_8))
                        .append('}');
            }
        }
        return json.append(']').toString();
    }

    private Problem problem(int batch) {
        Problem problem = problemOfBatch[batch];
        assert problem != null : "no error: batch=" + batch;
        return problem;
    }
}
