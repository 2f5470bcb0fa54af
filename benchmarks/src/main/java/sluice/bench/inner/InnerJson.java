package sluice.bench.inner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pieces as JSON. */
final class InnerJson {

    private static final JsonFactory JSON = new JsonFactory();

    private InnerJson() {}

    static String render(List<InnerResult> results) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "inner");
            json.writeArrayFieldStart("pieces");
            for (InnerResult result : results) {
                json.writeStartObject();
                json.writeStringField("name", result.name());
                json.writeObjectFieldStart("params");
                for (Map.Entry<String, String> param : new TreeMap<>(result.params()).entrySet()) {
                    json.writeStringField(param.getKey(), param.getValue());
                }
                json.writeEndObject();
                json.writeNumberField("ns", result.ns());
                json.writeNumberField("errorNs", result.errorNs());
                json.writeNumberField("allocatedBytes", result.allocatedBytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out + "\n";
    }
}
