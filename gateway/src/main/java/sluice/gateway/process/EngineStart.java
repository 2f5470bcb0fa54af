package sluice.gateway.process;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import sluice.engine.Engine;

/** Makes the engine before the first request comes, so that a start that fails is seen at once. */
@Singleton
final class EngineStart {

    void start(@Observes StartupEvent event, Engine engine) {
        engine.ready();
    }
}
