package sluice.gateway.twin;

import io.quarkus.test.Mock;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import sluice.engine.Engine;

/** In tests the engine is the twin. */
@Mock
@Singleton
final class MemoryEngineProducer {

    @Produces
    @Singleton
    @Typed({Engine.class, MemoryEngine.class})
    MemoryEngine engine() {
        return new MemoryEngine();
    }

    void close(@Disposes MemoryEngine engine) {
        engine.close();
    }
}
