package sluice.examples.quarkus;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.sql.SQLException;
import org.jboss.resteasy.reactive.RestPath;

/** What the application offers over HTTP. */
@Path("/")
class OrderResource {

    private final Orders orders;

    OrderResource(Orders orders) {
        this.orders = orders;
    }

    /** Through the outbox: part of the database's transaction. */
    @POST
    @Path("orders/{customer}")
    public void order(@RestPath String customer, String text) throws SQLException {
        orders.place(customer, text);
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
