package sluice.gateway;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import sluice.engine.Engine;

/** The one place where settings become an engine. */
@Dependent
final class EngineProducer {

    @Produces
    @Singleton
    Engine engine(GatewayConfig config) {
        throw new IllegalStateException(
                "engine not wired: the gateway has no engine to build from " + config.dataDir());
    }
}
