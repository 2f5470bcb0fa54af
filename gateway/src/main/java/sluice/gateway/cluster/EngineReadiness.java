package sluice.gateway.cluster;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import sluice.engine.Engine;

/** Ready once the engine can serve: stores answered, wal open, slots known. */
@Readiness
@Singleton
final class EngineReadiness implements HealthCheck {

    private final Engine engine;

    EngineReadiness(Engine engine) {
        this.engine = engine;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("engine").status(engine.ready()).build();
    }
}
