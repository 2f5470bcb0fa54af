package sluice.bench.startup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import sluice.bench.report.Spread;

/** The starts as JSON, times in seconds. */
final class StartupJson {

    private static final JsonFactory JSON = new JsonFactory();

    private StartupJson() {}

    static String render(StartupSettings settings, List<StartupRun> runs) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "startup");
            json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
            json.writeStringField("heap", settings.heap());
            json.writeArrayFieldStart("jvmOptions");
            for (String option : settings.jvmOptions()) {
                json.writeString(option);
            }
            json.writeEndArray();
            json.writeNumberField("idleSeconds", settings.idle().toMillis() / 1e3);
            json.writeArrayFieldStart("runs");
            for (StartupRun run : runs) {
                json.writeStartObject();
                json.writeStringField("kind", run.kind().word());
                json.writeNumberField("number", run.number());
                json.writeNumberField("readySeconds", run.readySeconds());
                json.writeNumberField("cpuSeconds", run.cpuSeconds());
                json.writeNumberField("residentMib", run.residentMib());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("spread");
            for (StartKind kind : settings.kinds()) {
                json.writeObjectFieldStart(kind.word());
                for (Map.Entry<String, Spread> row : StartupTable.rows(kind, runs).entrySet()) {
                    row.getValue().write(json, row.getKey());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return out + "\n";
    }
}
