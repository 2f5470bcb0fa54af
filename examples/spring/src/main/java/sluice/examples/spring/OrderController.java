package sluice.examples.spring;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What the application offers over HTTP. */
@RestController
class OrderController {

    private final Orders orders;

    OrderController(Orders orders) {
        this.orders = orders;
    }

    /** Through the outbox: part of the database's transaction. */
    @PostMapping("/orders/{customer}")
    void order(@PathVariable String customer, @RequestBody String text) {
        orders.place(customer, text);
    }

    @GetMapping("/orders")
    String count() {
        return "orders=%d waiting=%d billed=%d"
                .formatted(
                        orders.count("orders"),
                        orders.count("sluice_outbox"),
                        orders.count("invoices"));
    }
}
