package sluice.examples.quarkus;

import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import sluice.client.Sluice;
import sluice.client.SluiceClient;

/** One client for the whole application; nothing is sent before it is used. */
final class SluiceBeans {

    @Produces
    @Singleton
    SluiceClient client(@ConfigProperty(name = "sluice.gateways") String gateways) {
        return Sluice.builder(gateways).label("orders-quarkus").build();
    }

    void close(@Disposes SluiceClient client) {
        client.close();
    }
}
