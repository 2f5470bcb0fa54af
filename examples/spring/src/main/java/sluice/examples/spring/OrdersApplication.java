package sluice.examples.spring;

import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.outbox.OutboxRelay;
import sluice.client.produce.Producer;

/**
 * The application. Its beans are closed with it, in the reverse order of how they depend on each
 * other: the relay and the producer before the client.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class OrdersApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(OrdersApplication.class, arguments);
    }

    @Bean
    SluiceClient client(@Value("${sluice.gateways}") String gateways) {
        return Sluice.builder(gateways).label("orders-spring").build();
    }

    @Bean
    Producer producer(SluiceClient client) {
        return client.producer().build();
    }

    /** Takes {@code orders}, so that the tables are there before it looks into them. */
    @Bean
    OutboxRelay relay(SluiceClient client, DataSource database, Orders orders) {
        return client.outboxRelay(database).start();
    }
}
