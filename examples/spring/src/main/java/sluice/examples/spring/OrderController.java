package sluice.examples.spring;

import java.util.concurrent.CompletionStage;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;

/** What the application offers over HTTP. */
@RestController
class OrderController {

    private final Orders orders;
    private final Producer producer;

    OrderController(Orders orders, Producer producer) {
        this.orders = orders;
        this.producer = producer;
    }

    /** Through the outbox: part of the database's transaction. */
    @PostMapping("/orders/{customer}")
    void order(@PathVariable String customer, @RequestBody String text) {
        orders.place(customer, text);
    }

    /** Straight to the log: answered when it is durable there. */
    @PostMapping("/clicks/{customer}")
    CompletionStage<String> click(@PathVariable String customer, @RequestBody String text) {
        return producer.send(ProducerRecord.of("clicks", customer, text))
                .thenApply(written ->
                        "partition=%d offset=%d".formatted(written.partition(), written.offset()));
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
