package sluice.gateway.produce;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Acks;
import sluice.gateway.problem.ExchangeProblem;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.Problems;

/**
 * What a publisher is told. All topics have all of their records: 200 with each copy's place, or
 * 202 with acks=0. None has any, for one and the same reason: that problem. Else {@code
 * partly-published}, with what is known of each copy, and the key with which to repeat the request;
 * its status is 504 if that may help, so that nobody takes it for "nothing was done".
 */
@Singleton
final class PublishAnswers {

    private static final byte[] RECORDS = JsonBytes.ascii("{\"records\":[");
    private static final byte[] EXCHANGE = JsonBytes.ascii("\"exchange\":\"");
    private static final byte[] TOPICS = JsonBytes.ascii("\"topics\":[");
    private static final byte[] UNROUTABLE = JsonBytes.ascii(",\"unroutable\":true");
    private static final byte[] TOPIC = JsonBytes.ascii("{\"topic\":\"");
    private static final byte[] PARTITION = JsonBytes.ascii("\",\"partition\":");
    private static final byte[] OFFSET = JsonBytes.ascii(",\"offset\":");
    private static final byte[] DUPLICATE = JsonBytes.ascii(",\"duplicate\":true");
    private static final byte[] ERROR = JsonBytes.ascii(",\"error\":\"");
    private static final byte[] END = JsonBytes.ascii("]}");

    private static final int ENTRY_BYTES = 64;

    /** Whole problems in one answer; the codes of all are there. */
    private static final int FAILURES_MAX = 100;

    private static final int UNKNOWN_STATUS = 504;

    private final Problems problems;

    PublishAnswers(Problems problems) {
        this.problems = problems;
    }

    /** No binding matched any of the records, and that was no mistake. */
    Response nothingRouted(Acks acks, RoutedRecords records) {
        if (acks == Acks.NONE) {
            return accepted(records);
        }
        var out = new JsonBytes(ENTRY_BYTES * (1 + records.recordCount()));
        out.put(RECORDS);
        for (int i = 0; i < records.recordCount(); i++) {
            out.put(i > 0 ? JsonBytes.ascii(",{") : JsonBytes.ascii("{"));
            out.put(TOPICS).put(']').put(UNROUTABLE).put('}');
        }
        return ok(out.put(END));
    }

    Response of(
            Publishing.Asked asked,
            RoutedRecords records,
            Publication publication,
            Optional<Publication.Identity> identity,
            Appends appends) {
        if (asked.acks() == Acks.NONE && appends.allAppended()) {
            return accepted(records);
        }
        var errors = new AppendErrors(appends, problems);
        // A batch that was sent again under a key made here is no news to the caller.
        boolean tellsDuplicates = asked.idempotencyKey().isPresent();
        var out = new JsonBytes(64 + ENTRY_BYTES * (records.recordCount() + records.copies()));
        out.put(RECORDS);
        for (int i = 0; i < records.recordCount(); i++) {
            if (i > 0) {
                out.put(',');
            }
            out.put('{');
            if (records.isByAlternate(i)) {
                out.put(EXCHANGE)
                        .put(JsonBytes.ascii(records.route(i).exchange()))
                        .put('"')
                        .put(',');
            }
            out.put(TOPICS);
            boolean isFirst = true;
            for (Publication.Copy copy : publication.copies(i)) {
                if (!isFirst) {
                    out.put(',');
                }
                isFirst = false;
                putCopy(out, copy, asked.acks(), appends, errors, tellsDuplicates);
            }
            out.put(']');
            if (isFirst) {
                out.put(UNROUTABLE);
            }
            out.put('}');
        }
        out.put(END);
        Problem gravest = errors.gravest();
        return gravest == null
                ? ok(out)
                : problems.answer(problem(gravest, out, publication, identity, appends, errors));
    }

    private static void putCopy(
            JsonBytes out,
            Publication.Copy copy,
            Acks acks,
            Appends appends,
            AppendErrors errors,
            boolean tellsDuplicates) {
        out.put(TOPIC)
                .put(JsonBytes.ascii(copy.topic().name()))
                .put(PARTITION)
                .put(copy.partition());
        if (appends.failure(copy.batch()) != null) {
            out.put(ERROR).put(errors.code(copy.batch())).put('"').put('}');
            return;
        }
        var appended = appends.appended(copy.batch());
        if (acks != Acks.NONE) {
            out.put(OFFSET).put(appended.baseOffset() + copy.indexInBatch());
        }
        if (tellsDuplicates && appended.duplicate()) {
            out.put(DUPLICATE);
        }
        out.put('}');
    }

    private static Problem problem(
            Problem gravest,
            JsonBytes records,
            Publication publication,
            Optional<Publication.Identity> identity,
            Appends appends,
            AppendErrors errors) {
        Problem told = gravest;
        if (!errors.isOneForAll()) {
            String json = records.toString();
            told =
                    Problem.of(
                                    ExchangeProblem.PARTLY_PUBLISHED,
                                    "%d of %d batches were not appended, or perhaps not"
                                            .formatted(errors.count(), appends.count()))
                            .withStatus(errors.mayPass() ? UNKNOWN_STATUS : gravest.status())
                            .with(
                                    "records",
                                    new Problem.RawJson(
                                            json.substring(json.indexOf('['), json.length() - 1)))
                            .with(
                                    "failures",
                                    new Problem.RawJson(
                                            errors.json(
                                                    batch -> place(publication, batch),
                                                    FAILURES_MAX)));
        }
        @Nullable String key = identity.map(Publication.Identity::key).orElse(null);
        boolean mayBeThere = !errors.isOneForAll() || gravest.status() == UNKNOWN_STATUS;
        return key != null && mayBeThere ? told.with("idempotencyKey", key) : told;
    }

    private static String place(Publication publication, int batch) {
        return "\"topic\":\"%s\",\"partition\":%d"
                .formatted(publication.topic(batch).name(), publication.partition(batch));
    }

    private static Response accepted(RoutedRecords records) {
        int unrouted = records.unroutedCount();
        var out =
                new JsonBytes(64)
                        .put(JsonBytes.ascii("{\"accepted\":"))
                        .put(records.recordCount() - unrouted)
                        .put(JsonBytes.ascii(",\"unroutable\":"))
                        .put(unrouted)
                        .put('}');
        return Response.accepted(out.toArray()).type(MediaType.APPLICATION_JSON_TYPE).build();
    }

    private static Response ok(JsonBytes out) {
        return Response.ok(out.toArray(), MediaType.APPLICATION_JSON_TYPE).build();
    }
}
