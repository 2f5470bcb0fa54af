package sluice.examples.quarkus;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestPath;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;

/** What the application offers over HTTP. */
@Path("/")
class OrderResource {

    private final Orders orders;
    private final Producer producer;

    OrderResource(Orders orders, Producer producer) {
        this.orders = orders;
        this.producer = producer;
    }

    /** Through the outbox: part of the database's transaction. */
    @POST
    @Path("orders/{customer}")
    public void order(@RestPath String customer, String text) throws SQLException {
        orders.place(customer, text);
    }

    /**
     * Straight to the log: answered when it is durable there. Sending waits if too much is under
     * way.
     */
    @POST
    @Blocking
    @Path("clicks/{customer}")
    public CompletionStage<String> click(@RestPath String customer, String text) {
        return producer.send(ProducerRecord.of("clicks", customer, text))
                .thenApply(written ->
                        "partition=%d offset=%d".formatted(written.partition(), written.offset()));
    }

    @GET
    @Path("orders")
    public String count() throws SQLException {
        return "orders=%d waiting=%d billed=%d"
                .formatted(
                        orders.count("orders"),
                        orders.count("sluice_outbox"),
                        orders.count("invoices"));
    }
}
