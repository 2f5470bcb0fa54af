package sluice.system;

import java.time.Duration;
import sluice.client.Sluice;

/** A consumer in a process of its own, to be killed. */
final class ConsumerProcess {

    private ConsumerProcess() {}

    public static void main(String[] arguments) {
        try (var client = Sluice.connect(arguments[0]);
                var consumer = client.streamConsumer(arguments[1]).build()) {
            while (true) {
                consumer.poll(Duration.ofSeconds(1));
            }
        }
    }
}
