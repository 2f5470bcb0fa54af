package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;

/** Numbers of queues for whoever watches them. */
@QuarkusTest
final class QueueMetricsTest {

    @Inject QueueMetrics metrics;

    @Test
    void queuesThatAreUsedHereAreShown() {
        String name = "q." + UUID.randomUUID();
        assertEquals(201, Api.call("PUT", "/v1/queues/" + name, "").status());
        for (int i = 0; i < 3; i++) {
            Api.produce(name, "{\"records\":[{\"value\":\"m\"}]}");
        }
        String session =
                Api.call("POST", "/v1/groups/" + name + "/sessions", "{}")
                        .json()
                        .get("session")
                        .asText();
        Api.call(
                "POST",
                "/v1/groups/" + name + "/receive",
                "{\"session\":\"%s\",\"wait\":\"10s\"}".formatted(session));
        metrics.look().toCompletableFuture().join();

        String shown = new String(Api.get("/q/metrics").body());
        String tags = "{group=\"%s\",namespace=\"default\"}".formatted(name);
        assertTrue(shown.contains("sluice_queue_ready" + tags + " 2.0"), shown);
        assertTrue(shown.contains("sluice_queue_in_flight" + tags + " 1.0"), shown);
        assertTrue(shown.contains("sluice_queue_sessions_busy" + tags + " 1.0"), shown);
    }
}
