package sluice.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;

@QuarkusTest
final class ObservabilityTest {

    @Inject MemoryEngine engine;

    @AfterEach
    void becomeReadyAgain() {
        engine.setReady(true);
    }

    @Test
    void readinessFollowsTheEngine() {
        engine.setReady(false);

        assertEquals(503, Api.get("/q/health/ready").status());
    }

    @Test
    void aGatewayThatIsNotReadyIsAlive() {
        engine.setReady(false);

        assertEquals(200, Api.get("/q/health/live").status());
    }

    @Test
    void theClusterShowsGatewaysAndWals() {
        var cluster = Api.get("/v1/cluster").json();

        assertEquals(
                "1024 1024 OPEN",
                cluster.get("slots")
                        + " "
                        + cluster.at("/gateways/0/slots")
                        + " "
                        + cluster.at("/wals/0/state").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sluice_produce_records_total",
                "sluice_produce_bytes_total",
                "sluice_produce_duration_seconds_count",
                "sluice_produce_inflight_bytes",
                "sluice_fetch_bytes_total",
                "sluice_fetch_duration_seconds_count",
                "sluice_fetch_polls",
                "sluice_group_members",
                "sluice_group_records_total",
                "sluice_group_bytes_total",
                "sluice_group_commits_total",
                "sluice_http_problems_total{code=\"unknown-topic\"}"
            })
    void eachStageHasAMeter(String meter) {
        Api.produce("nobody-made-me", "{\"records\":[{\"value\":\"a\"}]}");

        assertTrue(new String(Api.get("/q/metrics").body()).contains(meter), meter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/topics:",
                "/v1/topics/{topic}:",
                "/v1/topics/{topic}/records:",
                "/v1/topics/{topic}/partitions/{partition}/records:",
                "/v1/producers:",
                "/v1/cluster:",
                "/v1/cluster/wals/{wal}/force-seal:",
                "/v1/groups:",
                "/v1/groups/{group}:",
                "/v1/groups/{group}/members:",
                "/v1/groups/{group}/members/{member}:",
                "/v1/groups/{group}/members/{member}/records:",
                "/v1/groups/{group}/members/{member}/heartbeat:",
                "/v1/groups/{group}/offsets:",
                "/v1/groups/{group}/reset:",
                "/v1/groups/{group}/stream:"
            })
    void theApiDescribesItself(String path) {
        assertTrue(new String(Api.get("/q/openapi").body()).contains(path), path);
    }

    @Test
    void theApiCanBeTriedInABrowser() {
        assertEquals(200, Api.get("/q/swagger-ui/").status());
    }
}
