package sluice.cli.consume;

import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;

/**
 * Prints the records of a topic as a member of a group, and commits what was printed.
 *
 * <p>An answer is committed when all of it was printed, so a run that is stopped may print records
 * again the next time, and never leaves one out.
 */
public final class GroupReader {

    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    /** Without a record for so long, the end is reached. */
    private static final String END_WAIT = "3s";

    private static final String FOLLOW_WAIT = "5s";
    private static final int ANSWER_RECORDS_MAX = 10_000;

    private final GatewayClient client;
    private final ConsumeStats stats;
    private final String topic;
    private final String group;
    private final String path;
    private volatile String member = "";
    private long epoch;
    private long received;

    public GroupReader(GatewayClient client, ConsumeStats stats, String topic, String group) {
        this.client = client;
        this.stats = stats;
        this.topic = topic;
        this.group = group;
        this.path = "/v1/groups/" + Call.segment(group);
    }

    /**
     * Makes the group if there is none.
     *
     * @return true if it was made
     * @throws CommandFailure if it reads something else than the topic
     */
    public boolean prepare(StartPoint start) throws InterruptedException {
        Json described;
        try {
            described = client.send(Call.get(path), CALL_MAX).json();
        } catch (CommandFailure failure) {
            if (!isCode(failure, "unknown-group")) {
                throw failure;
            }
            String body =
                    "{\"type\":\"stream\",\"topics\":[%s],\"start\":%s}"
                            .formatted(Json.quote(topic), startOf(start));
            client.send(Call.put(path, body), CALL_MAX);
            return true;
        }
        List<String> topics =
                described.list("partitions").stream()
                        .map(partition -> partition.text("topic", ""))
                        .distinct()
                        .toList();
        if (!topics.equals(List.of(topic))) {
            throw new CommandFailure(
                    Problem.local(
                            "The group reads something else",
                            "group %s reads %s; expected %s alone".formatted(group, topics, topic),
                            "choose another --group; one that does not exist is made"));
        }
        return false;
    }

    private static String startOf(StartPoint start) {
        return switch (start) {
            case StartPoint.Earliest() -> "\"earliest\"";
            case StartPoint.Latest() -> "\"latest\"";
            case StartPoint.AtTime(var timestampMs) -> "{\"timestamp\":" + timestampMs + "}";
            case StartPoint.AtOffset _ ->
                    throw new CommandFailure(
                            Problem.local(
                                    "Not a start for a group",
                                    "an offset is one of a partition, and a group has many",
                                    "use earliest, latest or a time; or sluice group reset"));
        };
    }

    /**
     * Reads until no record came for some seconds, or for ever if it follows, or until enough were
     * printed.
     */
    public void run(ConsumerSettings settings, OutputStream out) throws InterruptedException {
        var output = new RecordOutput(out, settings.follow());
        var quota = new RecordQuota(settings.recordsMax());
        RecordFormat.RecordPrinter printer = settings.format().printer();
        var chunk = new OutputChunk();
        try {
            join(settings.timeout());
            while (!quota.isUsedUp()) {
                Optional<Json> polled = poll(settings);
                if (polled.isEmpty()) {
                    continue;
                }
                List<Json> records = polled.get().list("records");
                if (records.isEmpty() && isDone(polled.get(), settings)) {
                    break;
                }
                long printed = print(records, printer, quota, chunk);
                int size = chunk.sizeBytes();
                output.write(chunk);
                stats.records.add(printed);
                stats.bytes.add(size);
                commit(polled.get(), printed == records.size(), records, printed, settings);
            }
            output.flush();
        } catch (RecordOutput.Closed nobodyReads) {
            return;
        } finally {
            leave();
        }
    }

    private static boolean isDone(Json polled, ConsumerSettings settings) {
        return !settings.follow() && polled.list("revoking").isEmpty();
    }

    private void join(Duration timeout) throws InterruptedException {
        Json joined =
                client.send(
                                Call.post(path + "/members", "{\"client\":\"sluice consume\"}"),
                                timeout)
                        .json();
        member = joined.text("member", "");
        epoch = joined.longField("epoch");
        received = 0;
    }

    /** Empty if the member had ended, and is another one now. */
    private Optional<Json> poll(ConsumerSettings settings) throws InterruptedException {
        String query =
                "%s/members/%s/records?epoch=%d&received=%d&wait=%s&max=%d&format=base64"
                        .formatted(
                                path,
                                member,
                                epoch,
                                received,
                                settings.follow() ? FOLLOW_WAIT : END_WAIT,
                                recordsAtOnce(settings));
        try {
            Answer answer = client.send(Call.get(query), settings.timeout());
            Json polled = answer.json();
            received = polled.longField("number");
            epoch = polled.longField("epoch");
            return Optional.of(polled);
        } catch (CommandFailure failure) {
            if (!isCode(failure, "unknown-member")) {
                throw failure;
            }
            join(settings.timeout());
            return Optional.empty();
        }
    }

    private static long recordsAtOnce(ConsumerSettings settings) {
        return settings.recordsMax() > 0
                ? Math.min(settings.recordsMax(), ANSWER_RECORDS_MAX)
                : ANSWER_RECORDS_MAX;
    }

    private static long print(
            List<Json> records,
            RecordFormat.RecordPrinter printer,
            RecordQuota quota,
            OutputChunk chunk) {
        long printed = 0;
        for (Json record : records) {
            if (!quota.take()) {
                break;
            }
            printer.print((int) record.longField("partition"), JsonRecord.decoded(record), chunk);
            printed++;
        }
        return printed;
    }

    /** Commits what was printed: all of the answer, or the part that the quota allowed. */
    private void commit(
            Json polled,
            boolean isWhole,
            List<Json> records,
            long printed,
            ConsumerSettings settings)
            throws InterruptedException {
        List<String> offsets =
                isWhole
                        ? polled.list("next").stream()
                                .map(next -> offset(next, next.longField("offset")))
                                .toList()
                        : offsetsAfter(records.subList(0, (int) printed));
        if (offsets.isEmpty()) {
            return;
        }
        String body =
                "{\"member\":%s,\"epoch\":%d,\"offsets\":[%s]}"
                        .formatted(Json.quote(member), epoch, String.join(",", offsets));
        try {
            client.send(Call.post(path + "/offsets", body), settings.timeout());
        } catch (CommandFailure failure) {
            // A partition went to another member, which prints these records again.
            if (!isCode(failure, "stale-epoch")
                    && !isCode(failure, "not-assigned")
                    && !isCode(failure, "unknown-member")) {
                throw failure;
            }
        }
    }

    private static List<String> offsetsAfter(List<Json> records) {
        var last = new java.util.TreeMap<Long, String>();
        for (Json record : records) {
            last.put(record.longField("partition"), offset(record, record.longField("offset") + 1));
        }
        return List.copyOf(last.values());
    }

    private static String offset(Json of, long offset) {
        return "{\"topic\":%s,\"partition\":%d,\"offset\":%d}"
                .formatted(Json.quote(of.text("topic", "")), of.longField("partition"), offset);
    }

    /** Gives the partitions back at once; else the others would wait for the session timeout. */
    public void leave() {
        String leaving = member;
        member = "";
        if (leaving.isEmpty()) {
            return;
        }
        try {
            client.send(Call.delete(path + "/members/" + leaving), Duration.ofSeconds(1));
        } catch (CommandFailure ignored) {
            // It ends by itself.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isCode(CommandFailure failure, String code) {
        return failure.problem().type().endsWith("/" + code);
    }
}
