package sluice.gateway.process;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.Engine;
import sluice.gateway.EdgeClock;
import sluice.gateway.GatewayConfig;

/** The one place where settings become an engine. */
@Dependent
final class EngineProducer {

    private static final Logger LOG = LoggerFactory.getLogger(EngineProducer.class);
    private static final int EXIT_LOST = 3;

    @Produces
    @Singleton
    EngineProcess process(
            GatewayConfig config,
            EdgeClock clock,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        String address =
                config.http()
                        .advertised()
                        .map(url -> url.replaceFirst("^https?://", ""))
                        .orElse(host + ":" + port);
        return EngineProcess.open(config, clock, address, EngineProducer::end);
    }

    private static void end(String why) {
        LOG.atError().addKeyValue("why", why).log("this process must end");
        Quarkus.asyncExit(EXIT_LOST);
    }

    void close(@Disposes EngineProcess process) {
        process.close();
    }

    @Produces
    @Singleton
    Engine engine(EngineProcess process, MeterRegistry registry) {
        EngineMeters.register(process.engine(), registry);
        return process.engine();
    }
}
