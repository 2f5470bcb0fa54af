package sluice.bench.groups;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.bench.churn.ChurnShape;
import sluice.bench.churn.Findings;
import sluice.bench.churn.ReadTimes.Pause;
import sluice.bench.report.Spread;

/** The runs as JSON, all times in seconds. */
final class GroupsJson {

    private static final JsonFactory JSON = new JsonFactory();

    private GroupsJson() {}

    static String render(ChurnShape shape, List<GroupsRun> runs) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "groups");
            json.writeNumberField("seed", shape.seed());
            json.writeNumberField("partitions", shape.partitions());
            json.writeNumberField("recordsPerSecond", shape.perSecond());
            json.writeNumberField("membersMin", shape.membersMin());
            json.writeNumberField("membersMax", shape.membersMax());
            json.writeNumberField("seconds", shape.length().toMillis() / 1e3);
            json.writeNumberField("kills", shape.kills());
            json.writeNumberField("stalls", shape.stalls());
            json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
            json.writeArrayFieldStart("systems");
            for (GroupsRun run : runs) {
                write(json, run);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out + "\n";
    }

    private static void write(JsonGenerator json, GroupsRun run) throws IOException {
        json.writeStartObject();
        json.writeStringField("system", run.system());
        json.writeStringField("about", run.about());
        json.writeNumberField("unread", run.times().unread());
        json.writeNumberField("failuresToldByClients", run.failures());
        Findings findings = run.findings();
        json.writeObjectFieldStart("checks");
        json.writeNumberField("handled", findings.handled());
        json.writeNumberField("repeated", findings.repeated());
        json.writeNumberField("lateCommits", findings.zombies());
        json.writeNumberField("lateCommitsRefused", findings.refused());
        for (Findings.Fault fault : Findings.Fault.values()) {
            json.writeNumberField(
                    fault.name().toLowerCase(Locale.ROOT),
                    findings.counts().getOrDefault(fault, 0));
        }
        json.writeEndObject();
        json.writeObjectFieldStart("spread");
        for (Map.Entry<String, Spread> row : GroupsTable.rows(run).entrySet()) {
            row.getValue().write(json, row.getKey().strip());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("pauses");
        pauses(json, run, "calm", run.times().calm());
        pauses(json, run, "kept", run.times().kept());
        pauses(json, run, "handedOver", run.times().handedOver());
        pauses(json, run, "handedOverInSilence", run.times().handedOverInSilence());
        pauses(json, run, "afterKill", run.times().afterKill());
        pauses(json, run, "afterSilence", run.times().afterSilence());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void pauses(JsonGenerator json, GroupsRun run, String name, List<Pause> all)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Pause pause : all) {
            json.writeStartObject();
            json.writeNumberField("partition", pause.partition());
            json.writeNumberField("at", (pause.fromNs() - run.beginNs()) / 1e9);
            json.writeNumberField("length", pause.length().toNanos() / 1e9);
            json.writeNumberField("plain", pause.plain().toNanos() / 1e9);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
