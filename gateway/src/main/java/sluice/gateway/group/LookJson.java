package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import sluice.consumer.group.DeadLetterHeaders;
import sluice.consumer.group.QueueReply;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.gateway.consume.RecordJson;
import sluice.gateway.consume.ValueFormat;
import sluice.log.batch.LogRecord;

/** What people see when they look into a queue, in the JSON of the API. */
final class LookJson {

    private LookJson() {}

    static String word(MessageState state) {
        return switch (state) {
            case READY -> "ready";
            case DELAYED -> "delayed";
            case LEASED -> "inFlight";
            case DEAD -> "dead";
            case BEHIND -> "behind";
        };
    }

    static byte[] messages(MessageSearch.Page page, ValueFormat format) {
        return GroupJson.object(json -> {
            json.writeArrayFieldStart("messages");
            var records = new RecordJson(json, format);
            for (MessageSearch.Found each : page.messages()) {
                Peeked.Message message = each.message();
                json.writeStartObject();
                GroupJson.writeId(json, each.at());
                writeState(json, message);
                json.writeNumberField("deliveries", message.count());
                if (!message.attempts().isEmpty()) {
                    writeAttempts(json, message.attempts());
                }
                records.writeFields(message.record());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeRest(json, page);
        });
    }

    private static void writeState(JsonGenerator json, Peeked.Message message) throws IOException {
        json.writeStringField("state", word(message.state()));
        if (message.session().isPresent()) {
            json.writeStringField("session", message.session().get().toString());
        }
        if (message.readyMs().isPresent()) {
            json.writeNumberField("readyAt", message.readyMs().getAsLong());
        }
        if (message.before().isPresent()) {
            writeHead(json, message.before().get());
        }
    }

    /** What its key waits for. */
    private static void writeHead(JsonGenerator json, Peeked.Head head) throws IOException {
        json.writeObjectFieldStart("waitsFor");
        json.writeNumberField("offset", head.offset());
        if (head.session().isPresent()) {
            json.writeStringField("session", head.session().get().toString());
        }
        if (head.sinceMs().isPresent()) {
            json.writeNumberField("since", head.sinceMs().getAsLong());
        }
        json.writeEndObject();
    }

    private static void writeAttempts(JsonGenerator json, List<Attempt> attempts)
            throws IOException {
        json.writeArrayFieldStart("attempts");
        for (Attempt each : attempts) {
            writeAttempt(json, each.sinceMs(), each.untilMs(), each.why().word(), each.reason());
        }
        json.writeEndArray();
    }

    private static void writeAttempt(
            JsonGenerator json, long atMs, long untilMs, String why, String reason)
            throws IOException {
        json.writeStartObject();
        json.writeNumberField("at", atMs);
        json.writeNumberField("until", untilMs);
        json.writeStringField("why", why);
        if (!reason.isEmpty()) {
            json.writeStringField("reason", reason);
        }
        json.writeEndObject();
    }

    private static void writeRest(JsonGenerator json, MessageSearch.Page page) throws IOException {
        json.writeNumberField("looked", page.looked());
        if (page.next().isPresent()) {
            json.writeStringField("nextAfter", page.next().get().toString());
        }
    }

    static byte[] deadLetters(String topic, MessageSearch.Page page, ValueFormat format) {
        return GroupJson.object(json -> {
            json.writeStringField("topic", topic);
            json.writeArrayFieldStart("deadLetters");
            var records = new RecordJson(json, format);
            for (MessageSearch.Found each : page.messages()) {
                writeDeadLetter(json, records, each);
            }
            json.writeEndArray();
            writeRest(json, page);
        });
    }

    private static void writeDeadLetter(
            JsonGenerator json, RecordJson records, MessageSearch.Found found) throws IOException {
        LogRecord letter = found.message().record();
        json.writeStartObject();
        json.writeStringField("id", found.at().partition() + "/" + letter.offset());
        writeState(json, found.message());
        writeText(json, "reason", letter, "reason");
        writeText(json, "topic", letter, "topic");
        writeNumber(json, "partition", letter, "partition");
        writeNumber(json, "deliveries", letter, "deliveries");
        writeNumber(json, "firstAt", letter, "first-at");
        writeNumber(json, "lastAt", letter, "last-at");
        writeTold(json, DeadLetterHeaders.text(letter, "attempts").orElse(""));
        records.writeFields(
                new LogRecord(
                        DeadLetterHeaders.number(letter, "offset").orElse(letter.offset()),
                        letter.timestampMs(),
                        letter.key(),
                        letter.value(),
                        DeadLetterHeaders.own(letter)));
        json.writeEndObject();
    }

    private static void writeText(JsonGenerator json, String field, LogRecord letter, String name)
            throws IOException {
        json.writeStringField(field, DeadLetterHeaders.text(letter, name).orElse(null));
    }

    private static void writeNumber(JsonGenerator json, String field, LogRecord letter, String name)
            throws IOException {
        Long number = DeadLetterHeaders.number(letter, name).orElse(null);
        if (number == null) {
            json.writeNullField(field);
        } else {
            json.writeNumberField(field, number);
        }
    }

    /** A line each: when it was given out, when it came back, why, and what the consumer said. */
    private static void writeTold(JsonGenerator json, String attempts) throws IOException {
        json.writeArrayFieldStart("attempts");
        for (String line : attempts.lines().toList()) {
            String[] parts = line.split(" ", 4);
            if (parts.length >= 3
                    && parts[0].matches("[0-9]{1,18}")
                    && parts[1].matches("[0-9]{1,18}")) {
                writeAttempt(
                        json,
                        Long.parseLong(parts[0]),
                        Long.parseLong(parts[1]),
                        parts[2],
                        parts.length > 3 ? parts[3] : "");
            }
        }
        json.writeEndArray();
    }

    static byte[] redrive(QueueReply.Redriving redrive) {
        return GroupJson.object(json -> {
            json.writeStringField(
                    "state",
                    switch (redrive.state()) {
                        case NONE -> "none";
                        case RUNNING -> "running";
                        case DONE -> "done";
                        case STOPPED -> "stopped";
                        case FAILED -> "failed";
                    });
            if (redrive.state() == QueueReply.Redriving.State.NONE) {
                return;
            }
            json.writeNumberField("moved", redrive.moved());
            json.writeNumberField("kept", redrive.kept());
            json.writeStringField(
                    "startedAt", Instant.ofEpochMilli(redrive.startedAtMs()).toString());
            OptionalLong ended = redrive.endedAtMs();
            json.writeStringField(
                    "endedAt",
                    ended.isPresent() ? Instant.ofEpochMilli(ended.getAsLong()).toString() : null);
            json.writeStringField(
                    "lastError", redrive.lastError().isEmpty() ? null : redrive.lastError());
        });
    }

    static byte[] sessions(List<QueueReply.Holder> holders) {
        return GroupJson.object(json -> {
            json.writeBooleanField("busy", holders.stream().anyMatch(LookJson::isBusy));
            json.writeArrayFieldStart("sessions");
            for (QueueReply.Holder each : holders) {
                json.writeStartObject();
                writeHolder(json, each);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] session(QueueReply.Holder holder) {
        return GroupJson.object(json -> writeHolder(json, holder));
    }

    private static boolean isBusy(QueueReply.Holder holder) {
        return holder.session().inFlight() > 0;
    }

    private static void writeHolder(JsonGenerator json, QueueReply.Holder holder)
            throws IOException {
        QueueJson.writeFields(json, holder.session());
        json.writeBooleanField("busy", isBusy(holder));
        json.writeArrayFieldStart("holds");
        for (QueueReply.Held each : holder.holds()) {
            json.writeStartObject();
            json.writeStringField("delivery", each.delivery().toText());
            GroupJson.writeId(json, each.partition());
            json.writeNumberField("offset", each.delivery().offset());
            json.writeNumberField("deliveries", each.count());
            json.writeNumberField("firstDeliveredAt", each.firstAtMs());
            if (each.sinceMs().isPresent()) {
                json.writeNumberField("since", each.sinceMs().getAsLong());
            }
            if (each.deadlineMs().isPresent()) {
                json.writeNumberField("deadline", each.deadlineMs().getAsLong());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeAge(JsonGenerator json, QueueTotals totals, long nowMs)
            throws IOException {
        if (totals.ready() > 0 && totals.oldestReadyMs().isEmpty()) {
            json.writeNullField("oldestReadySeconds");
        } else {
            long ageMs = nowMs - totals.oldestReadyMs().orElse(nowMs);
            json.writeNumberField("oldestReadySeconds", Math.max(0, ageMs / 1_000));
        }
    }

    static byte[] scaling(QueueReply.Counted counted, long nowMs) {
        QueueTotals totals = QueueTotals.of(counted).complete(counted);
        return GroupJson.object(json -> {
            json.writeNumberField("backlog", totals.ready() + totals.inFlight());
            json.writeNumberField("ready", totals.ready());
            json.writeNumberField("inFlight", totals.inFlight());
            json.writeNumberField("delayed", totals.delayed());
            json.writeNumberField("behind", totals.behind());
            writeAge(json, totals, nowMs);
            json.writeNumberField("sessions", counted.sessions().size());
            json.writeNumberField(
                    "busySessions",
                    counted.sessions().stream().filter(each -> each.inFlight() > 0).count());
        });
    }
}
