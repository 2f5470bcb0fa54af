package sluice.gateway.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import sluice.engine.Engine;
import sluice.engine.Engine.ClusterView;
import sluice.engine.Engine.Member;
import sluice.engine.Engine.WalView;

/** The cluster as this gateway sees it. */
@Path("/v1/cluster")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "cluster")
public final class ClusterResource {

    private static final JsonFactory JSON = new JsonFactory();

    private final Engine engine;

    ClusterResource(Engine engine) {
        this.engine = engine;
    }

    @GET
    @Operation(
            operationId = "describeCluster",
            summary = "Show gateways, slots and wals",
            description =
                    "A snapshot of what the asked gateway knows; others may know more or less.")
    public byte[] describe() {
        ClusterView view = engine.cluster();
        var out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("clusterId", view.clusterId());
            json.writeStringField("self", view.self().toString());
            json.writeNumberField("slots", view.slots());
            json.writeBooleanField("ready", engine.ready());
            json.writeArrayFieldStart("gateways");
            for (Member gateway : view.gateways()) {
                write(json, gateway);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("wals");
            for (WalView wal : view.wals()) {
                write(json, wal);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("the cluster could not be written to memory", e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Member gateway) throws IOException {
        json.writeStartObject();
        json.writeStringField("node", gateway.node().toString());
        json.writeStringField("httpAddress", gateway.httpAddress());
        json.writeStringField("zone", gateway.zone());
        json.writeBooleanField("alive", gateway.alive());
        json.writeBooleanField("draining", gateway.draining());
        json.writeNumberField("slots", gateway.slots());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, WalView wal) throws IOException {
        json.writeStartObject();
        json.writeStringField("wal", wal.wal().toString());
        json.writeStringField("node", wal.node().toString());
        json.writeStringField("state", wal.state());
        json.writeNumberField("epoch", wal.epoch());
        json.writeNumberField("segmentsNotUploaded", wal.segmentsNotUploaded());
        json.writeNumberField("uploadedEnd", wal.uploadedEnd());
        json.writeNumberField("objectsNotFolded", wal.objectsNotFolded());
        json.writeEndObject();
    }
}
