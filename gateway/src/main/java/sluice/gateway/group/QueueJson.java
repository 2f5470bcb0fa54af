package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.Settlement;
import sluice.gateway.consume.RecordJson;
import sluice.gateway.consume.ValueFormat;
import sluice.log.SluiceException;

/** Queue groups in the JSON of the API. */
final class QueueJson {

    private QueueJson() {}

    static byte[] of(QueueReply.Opened opened) {
        return GroupJson.object(json -> {
            json.writeStringField("session", opened.session().toString());
            json.writeNumberField("sessionTimeoutMs", opened.config().sessionTimeout().toMillis());
            json.writeArrayFieldStart("lost");
            for (var each : opened.lost()) {
                json.writeString(each.toText());
            }
            json.writeEndArray();
        });
    }

    static byte[] of(QueueReply.Received received, ValueFormat format) {
        return GroupJson.object(json -> {
            json.writeNumberField("number", received.number());
            json.writeArrayFieldStart("messages");
            var records = new RecordJson(json, format);
            for (QueueReply.Message each : received.messages()) {
                write(json, records, each);
            }
            json.writeEndArray();
        });
    }

    /** One message as an object. */
    static void write(JsonGenerator json, RecordJson records, QueueReply.Message message)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("delivery", message.delivery().toText());
        GroupJson.writeId(json, message.partition());
        json.writeNumberField("deliveries", message.count());
        json.writeNumberField("firstDeliveredAt", message.firstAtMs());
        if (message.deadlineMs().isPresent()) {
            json.writeNumberField("deadline", message.deadlineMs().getAsLong());
        }
        records.writeFields(message.record());
        json.writeEndObject();
    }

    static byte[] of(QueueRequest.Settle request, QueueReply.Settled settled) {
        return GroupJson.object(json -> writeResults(json, request.items(), settled.results()));
    }

    /** What failed, with whether the same may succeed when it is repeated. */
    static void writeResults(
            JsonGenerator json, List<QueueRequest.Item> items, List<QueueReply.Result> results)
            throws IOException {
        json.writeNumberField(
                "settled",
                results.stream().filter(QueueReply.Result.Done.class::isInstance).count());
        json.writeArrayFieldStart("failed");
        for (int i = 0; i < results.size(); i++) {
            writeFailure(json, items.get(i), results.get(i));
        }
        json.writeEndArray();
    }

    private static void writeFailure(
            JsonGenerator json, QueueRequest.Item item, QueueReply.Result result)
            throws IOException {
        switch (result) {
            case QueueReply.Result.Done() -> {}
            case QueueReply.Result.Refused(Settlement.Refusal refusal, String message) ->
                    writeFailure(json, item, refusal.code(), message, false);
            case QueueReply.Result.Failed(SluiceException.Kind kind, String code, String message) ->
                    writeFailure(json, item, code, message, mayTryAgain(kind));
        }
    }

    private static boolean mayTryAgain(SluiceException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED, FENCED -> true;
            case INVALID, NOT_FOUND, CONFLICT, DATA -> false;
        };
    }

    private static void writeFailure(
            JsonGenerator json,
            QueueRequest.Item item,
            String code,
            String message,
            boolean mayTryAgain)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("delivery", item.delivery().toText());
        json.writeStringField("code", code);
        json.writeStringField("detail", message);
        json.writeBooleanField("retry", mayTryAgain);
        json.writeEndObject();
    }

    static byte[] of(String name, QueueReply.Counted counted) {
        return GroupJson.object(json -> {
            json.writeStringField("name", name);
            ConfigJson.write(json, counted.config());
            json.writeStringField(
                    "createdAt", Instant.ofEpochMilli(counted.createdAtMs()).toString());
            json.writeStringField("coordinator", counted.coordinator().toString());
            writeTotals(json, counted);
            json.writeArrayFieldStart("sessions");
            for (QueueReply.Session each : counted.sessions()) {
                write(json, each);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("partitions");
            for (QueueReply.Partition each : counted.partitions()) {
                write(json, each);
            }
            json.writeEndArray();
        });
    }

    private static void writeTotals(JsonGenerator json, QueueReply.Counted counted)
            throws IOException {
        QueueTotals totals = QueueTotals.of(counted);
        json.writeBooleanField("complete", totals.isComplete());
        json.writeNumberField("ready", totals.ready());
        json.writeNumberField("inFlight", totals.inFlight());
        json.writeNumberField("delayed", totals.delayed());
        json.writeNumberField("behind", totals.behind());
        json.writeNumberField("dead", totals.dead());
        json.writeNumberField("dropped", counted.dropped());
        json.writeNumberField("settled", totals.settled());
        json.writeNumberField("expired", totals.expired());
        writeTenants(json, QueueTotals.numbers(counted));
        if (totals.oldestReadyMs().isPresent()) {
            json.writeNumberField("oldestReadyAt", totals.oldestReadyMs().getAsLong());
        } else {
            json.writeNullField("oldestReadyAt");
        }
    }

    /** By name; those of a partition that has more of them than it tells are told in part. */
    private static void writeTenants(JsonGenerator json, List<PartitionReply.Numbers> numbers)
            throws IOException {
        var ready = new TreeMap<String, Long>();
        var inFlight = new TreeMap<String, Long>();
        for (PartitionReply.Numbers each : numbers) {
            for (PartitionReply.Tenant tenant : each.tenants()) {
                ready.merge(tenant.name(), tenant.ready(), Long::sum);
                inFlight.merge(tenant.name(), (long) tenant.inFlight(), Long::sum);
            }
        }
        json.writeObjectFieldStart("perTenant");
        for (Map.Entry<String, Long> each : ready.entrySet()) {
            json.writeObjectFieldStart(each.getKey());
            json.writeNumberField("ready", each.getValue());
            json.writeNumberField("inFlight", inFlight.getOrDefault(each.getKey(), 0L));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QueueReply.Session session) throws IOException {
        json.writeStartObject();
        writeFields(json, session);
        json.writeEndObject();
    }

    static void writeFields(JsonGenerator json, QueueReply.Session session) throws IOException {
        json.writeStringField("session", session.id().toString());
        json.writeStringField("client", session.client());
        json.writeStringField("gateway", session.gateway());
        json.writeNumberField("inFlight", session.inFlight());
        json.writeBooleanField("active", session.isActive());
        json.writeBooleanField("waits", session.waits());
        json.writeNumberField("heardMsAgo", session.heardBefore().toMillis());
    }

    private static void write(JsonGenerator json, QueueReply.Partition partition)
            throws IOException {
        json.writeStartObject();
        GroupJson.writeId(json, partition.partition());
        if (partition.numbers().isPresent()) {
            PartitionReply.Numbers numbers = partition.numbers().get();
            json.writeNumberField("ready", numbers.backlog().ready());
            json.writeNumberField("inFlight", numbers.backlog().inFlight());
            json.writeNumberField("delayed", numbers.backlog().delayed());
            json.writeNumberField("behind", numbers.backlog().behind());
            json.writeNumberField("dead", numbers.backlog().dead());
            json.writeNumberField("floor", numbers.floor());
            json.writeNumberField("cursor", numbers.cursor());
            json.writeNumberField("highWatermark", numbers.highWatermark());
            json.writeNumberField("settled", numbers.settled());
        } else {
            json.writeNullField("ready");
        }
        json.writeEndObject();
    }
}
