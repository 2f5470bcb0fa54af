package sluice.gateway.produce;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;

/**
 * What a producer is told. All appended: 200 with every offset, or 202 with acks=0. Nothing
 * appended for one and the same reason: that problem. Else a problem {@code some-not-appended} that
 * lists each entry with its offset or its error's code, and each failed batch's whole problem; its
 * status is that of the gravest entry, so that a caller who reads only the status never takes it
 * for success, nor an unknown outcome for a refusal.
 */
@Singleton
final class ProduceAnswers {

    private static final byte[] RECORDS = JsonBytes.ascii("{\"records\":[");
    private static final byte[] BATCHES = JsonBytes.ascii("{\"batches\":[");
    private static final byte[] PARTITION = JsonBytes.ascii("{\"partition\":");
    private static final byte[] OFFSET = JsonBytes.ascii(",\"offset\":");
    private static final byte[] BASE_OFFSET = JsonBytes.ascii(",\"baseOffset\":");
    private static final byte[] COUNT = JsonBytes.ascii(",\"count\":");
    private static final byte[] DUPLICATE = JsonBytes.ascii(",\"duplicate\":true");
    private static final byte[] ERROR = JsonBytes.ascii(",\"error\":\"");
    private static final byte[] END = JsonBytes.ascii("]}");

    /** Length of {@code {"partition":123,"offset":1234567890},}, roughly. */
    private static final int ENTRY_BYTES = 40;

    private final Problems problems;

    ProduceAnswers(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param placement of the records whose batches are the appends, by index
     */
    Response forRecords(Acks acks, Placement placement, Appends appends) {
        if (acks == Acks.NONE && appends.allAppended()) {
            return accepted(placement.recordCount());
        }
        var errors = new AppendErrors(appends, problems);
        var out = new JsonBytes(32 + ENTRY_BYTES * placement.recordCount());
        list(
                out,
                RECORDS,
                placement.recordCount(),
                record -> {
                    int batch = placement.batchOfRecord(record);
                    out.put(PARTITION).put(placement.partitionOfBatch(batch));
                    if (appends.failure(batch) == null) {
                        Appended appended = appends.appended(batch);
                        if (acks != Acks.NONE) {
                            out.put(OFFSET)
                                    .put(appended.baseOffset() + placement.indexInBatch(record));
                        }
                        putDuplicate(out, appended);
                    } else {
                        out.put(ERROR).put(errors.code(batch)).put('"');
                    }
                });
        return answer(out, "records", placement::partitionOfBatch, appends, errors);
    }

    /**
     * @param counts the number of records in each batch
     */
    Response forBatches(Acks acks, BinaryBatches batches, int[] counts, Appends appends) {
        if (acks == Acks.NONE && appends.allAppended()) {
            return accepted(batches.recordCount());
        }
        var errors = new AppendErrors(appends, problems);
        var out = new JsonBytes(32 + 2 * ENTRY_BYTES * counts.length);
        list(
                out,
                BATCHES,
                counts.length,
                batch -> {
                    out.put(PARTITION).put(batches.partition(batch));
                    if (appends.failure(batch) == null) {
                        if (acks != Acks.NONE) {
                            out.put(BASE_OFFSET).put(appends.appended(batch).baseOffset());
                        }
                        out.put(COUNT).put(counts[batch]);
                        putDuplicate(out, appends.appended(batch));
                    } else {
                        out.put(COUNT)
                                .put(counts[batch])
                                .put(ERROR)
                                .put(errors.code(batch))
                                .put('"');
                    }
                });
        return answer(out, "batches", batches::partition, appends, errors);
    }

    private static void list(JsonBytes out, byte[] opening, int count, IntConsumer entry) {
        out.put(opening);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.put(',');
            }
            entry.accept(i);
            out.put('}');
        }
        out.put(END);
    }

    private static void putDuplicate(JsonBytes out, Appended appended) {
        if (appended.duplicate()) {
            out.put(DUPLICATE);
        }
    }

    private static Response accepted(int records) {
        var out = new JsonBytes(32).put(JsonBytes.ascii("{\"accepted\":")).put(records).put('}');
        return Response.accepted(out.toArray()).type(MediaType.APPLICATION_JSON_TYPE).build();
    }

    private Response answer(
            JsonBytes list,
            String name,
            IntUnaryOperator partitionOfBatch,
            Appends appends,
            AppendErrors errors) {
        Problem gravest = errors.gravest();
        if (gravest == null) {
            return Response.ok(list.toArray(), MediaType.APPLICATION_JSON_TYPE).build();
        }
        if (errors.isOneForAll()) {
            return problems.answer(gravest);
        }
        String json = list.toString();
        String entries = json.substring(json.indexOf('['), json.length() - 1);
        return problems.answer(
                Problem.of(
                                ProblemType.SOME_NOT_APPENDED,
                                "%d of %d batches were not appended"
                                        .formatted(errors.count(), appends.count()))
                        .withStatus(gravest.status())
                        .with(name, new Problem.RawJson(entries))
                        .with(
                                "failures",
                                new Problem.RawJson(
                                        errors.json(
                                                batch ->
                                                        "\"partition\":"
                                                                + partitionOfBatch.applyAsInt(
                                                                        batch),
                                                Integer.MAX_VALUE))));
    }
}
