package sluice.bench.worker;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sluice.bench.worker.WorkerEvent.Kind;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.queue.QueueConsumer;
import sluice.client.queue.QueueMessage;

/**
 * The process of some consumers, each with one message at a time.
 *
 * <p>Arguments: the gateways' addresses, the group, how many consumers. A message's value is a word
 * and a number: {@code quick 7} is acknowledged at once, {@code hold 8} when the process is told
 * {@code ack 8}. Ends with its input.
 */
public final class WorkerMain {

    private final PrintStream out;
    private final Map<Long, QueueMessage> held = new ConcurrentHashMap<>();

    private WorkerMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        // Libraries that print would break the lines.
        System.setOut(System.err);
        var worker = new WorkerMain(out);
        try (SluiceClient client = Sluice.connect(arguments[0])) {
            worker.work(client, arguments[1], Integer.parseInt(arguments[2]));
        }
    }

    private void work(SluiceClient client, String group, int count) throws IOException {
        List<QueueConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            consumers.add(
                    client.queueConsumer(group)
                            .settleByHand()
                            .onLost((message, reason) -> tell(Kind.LOST, numberOf(message), reason))
                            .start(this::handle));
        }
        tell(Kind.READY, 0, "");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            QueueMessage message = held.remove(Long.parseLong(line.substring("ack ".length())));
            settle(requireNonNull(message, line));
        }
        consumers.forEach(QueueConsumer::close);
    }

    private void handle(QueueMessage message) {
        boolean isHeld = textOf(message).startsWith("hold ");
        if (isHeld) {
            // Before it is told: the answer may be to acknowledge it.
            held.put(numberOf(message), message);
        }
        tell(Kind.GOT, numberOf(message), "" + message.deliveries());
        if (!isHeld) {
            settle(message);
        }
    }

    private void settle(QueueMessage message) {
        var unused =
                message.acknowledge()
                        .whenComplete((done, failure) -> {
                            if (failure == null) {
                                tell(Kind.SETTLED, numberOf(message), "");
                            } else {
                                tell(Kind.REFUSED, numberOf(message), failure.toString());
                            }
                        });
    }

    private static String textOf(QueueMessage message) {
        return requireNonNull(message.valueText());
    }

    private static long numberOf(QueueMessage message) {
        return Long.parseLong(textOf(message).split(" ", 2)[1]);
    }

    private synchronized void tell(Kind kind, long number, String text) {
        out.println(WorkerEvent.now(kind, number, text).line());
        out.flush();
    }
}
