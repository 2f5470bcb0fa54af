package sluice.bench.scale;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sluice.bench.report.Spread;

/** What was measured as JSON; gaps in seconds. */
final class ScaleJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ScaleJson() {}

    static String render(ScaleSettings settings, ScaleResult result) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "scale");
            json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
            json.writeNumberField("active", settings.active());
            json.writeNumberField("everyMs", settings.every().toMillis());
            json.writeStringField("heap", settings.heap());
            json.writeArrayFieldStart("sizes");
            for (ScaleResult.Size size : result.sizes()) {
                json.writeStartObject();
                json.writeNumberField("partitions", size.partitions());
                numbers(json, "heapMib", size.heapMib());
                numbers(json, "residentMib", size.residentMib());
                json.writeNumberField("tableWritesPerSecond", size.writesPerSecond());
                json.writeNumberField("tableReadsPerSecond", size.readsPerSecond());
                json.writeNumberField("recordsPerSecond", size.acksPerSecond());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("kills");
            for (ScaleResult.Kill kill : result.kills()) {
                json.writeStartObject();
                json.writeNumberField("gateway", kill.gateway());
                json.writeNumberField("stillSilent", kill.silent());
                Optional<Spread> spread = Spread.of(kill.gaps());
                if (spread.isPresent()) {
                    spread.get().write(json, "gap");
                }
                numbers(
                        json,
                        "gaps",
                        kill.gaps().stream().map(Duration::toNanos).map(ns -> ns / 1e9).toList());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out + "\n";
    }

    private static void numbers(JsonGenerator json, String name, List<Double> values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
