package sluice.bench.beside;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.OptionalDouble;

/** Every figure of every run, and the medians, as JSON. */
final class ResultsJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ResultsJson() {}

    /**
     * @param settings numbers that all workloads have alike, by name
     */
    static String render(String benchmark, Map<String, ? extends Number> settings, Results results)
            throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", benchmark);
            json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
            for (Map.Entry<String, ? extends Number> setting : settings.entrySet()) {
                json.writeFieldName(setting.getKey());
                json.writeNumber(setting.getValue().toString());
            }
            json.writeArrayFieldStart("measurements");
            for (Results.Entry entry : results.entries()) {
                json.writeStartObject();
                json.writeNumberField("run", entry.run());
                json.writeStringField("system", entry.system());
                json.writeStringField("workload", entry.workload());
                json.writeStringField("note", entry.note());
                json.writeObjectFieldStart("figures");
                for (Map.Entry<String, Double> figure : entry.figures().entrySet()) {
                    json.writeNumberField(figure.getKey(), figure.getValue());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
            medians(json, results);
            json.writeEndObject();
        }
        return out + "\n";
    }

    private static void medians(JsonGenerator json, Results results) throws IOException {
        json.writeObjectFieldStart("medians");
        for (String workload : results.workloads().keySet()) {
            json.writeObjectFieldStart(workload);
            for (String system : results.systems()) {
                json.writeObjectFieldStart(system);
                for (String figure : results.figures(workload)) {
                    OptionalDouble median = results.median(system, workload, figure);
                    if (median.isPresent()) {
                        json.writeNumberField(figure, median.getAsDouble());
                    }
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
