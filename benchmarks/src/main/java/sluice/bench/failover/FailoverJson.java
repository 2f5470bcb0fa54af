package sluice.bench.failover;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import sluice.bench.report.Spread;

/** The runs as JSON, all times in seconds. */
final class FailoverJson {

    private static final JsonFactory JSON = new JsonFactory();

    private FailoverJson() {}

    static String render(FailoverSettings settings, List<FailoverRun> runs) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "failover");
            json.writeStringField("kind", settings.kind().word());
            json.writeNumberField("gateways", settings.gateways());
            json.writeNumberField("partitions", settings.partitions());
            json.writeNumberField("producers", settings.producers());
            json.writeNumberField("bytesPerSecond", settings.bytesPerSecond());
            json.writeNumberField("recordBytes", settings.recordBytes());
            json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
            json.writeNumberField("runsWanted", settings.runs());
            json.writeArrayFieldStart("runs");
            for (FailoverRun run : runs) {
                write(json, run);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("spread");
            for (Map.Entry<String, List<Duration>> row :
                    FailoverTable.rows(settings, runs).entrySet()) {
                var spread = Spread.of(row.getValue());
                if (spread.isPresent()) {
                    spread.get().write(json, row.getKey());
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return out + "\n";
    }

    private static void write(JsonGenerator json, FailoverRun run) throws IOException {
        json.writeStartObject();
        json.writeNumberField("number", run.number());
        json.writeNumberField("gateway", run.gateway());
        json.writeNumberField("stillSilent", run.silent());
        json.writeStringField("notes", run.notes());
        json.writeObjectFieldStart("gaps");
        for (Map.Entry<Integer, Duration> gap : run.gaps().entrySet()) {
            json.writeNumberField("" + gap.getKey(), gap.getValue().toNanos() / 1e9);
        }
        json.writeEndObject();
        json.writeObjectFieldStart("times");
        for (Map.Entry<String, Duration> time : run.times().entrySet()) {
            json.writeNumberField(time.getKey(), time.getValue().toNanos() / 1e9);
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
