package sluice.examples.quarkus;

import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.Producer;

/** One client and one producer for the whole application; nothing is sent before they are used. */
final class SluiceBeans {

    @Produces
    @Singleton
    SluiceClient client(@ConfigProperty(name = "sluice.gateways") String gateways) {
        return Sluice.builder(gateways).label("orders-quarkus").build();
    }

    void close(@Disposes SluiceClient client) {
        client.close();
    }

    @Produces
    @Singleton
    Producer producer(SluiceClient client) {
        return client.producer().build();
    }

    void close(@Disposes Producer producer) {
        producer.close();
    }
}
