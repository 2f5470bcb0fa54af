package sluice.bench.queue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all workloads have alike.
 *
 * @param messageBytes of a value
 * @param senders that send side by side
 * @param outstandingMax messages that are sent and not done, where as much as possible is worked on
 * @param warmUp before each measurement
 * @param window that is measured
 */
record QueueSettings(
        int messageBytes, int senders, int outstandingMax, Duration warmUp, Duration window) {

    /** As reports tell them, by name. */
    Map<String, Number> numbers() {
        var numbers = new LinkedHashMap<String, Number>();
        numbers.put("messageBytes", messageBytes);
        numbers.put("senders", senders);
        numbers.put("outstandingMax", outstandingMax);
        numbers.put("warmUpSeconds", warmUp.toMillis() / 1e3);
        numbers.put("windowSeconds", window.toMillis() / 1e3);
        return numbers;
    }

    /** The same, for a workload that runs so long without being measured. */
    QueueSettings warmingUp(Duration time) {
        return new QueueSettings(
                messageBytes, senders, outstandingMax, time, Duration.ofSeconds(1));
    }
}
