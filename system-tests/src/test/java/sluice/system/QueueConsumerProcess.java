package sluice.system;

import java.time.Duration;
import sluice.client.Sluice;

/**
 * A consumer of a queue in a process of its own, to be killed or stopped: keeps each message for so
 * many milliseconds, and prints what happens.
 */
final class QueueConsumerProcess {

    private QueueConsumerProcess() {}

    public static void main(String[] arguments) {
        Duration hold = Duration.ofMillis(Long.parseLong(arguments[2]));
        try (var client = Sluice.connect(arguments[0])) {
            var consumer =
                    client.queueConsumer(arguments[1])
                            .onLost((message, reason) ->
                                    System.out.println("lost " + message.valueText()))
                            .start(message -> {
                                System.out.println("begun " + message.valueText());
                                Thread.sleep(hold.toMillis());
                            });
            consumer.ended().join();
        }
    }
}
