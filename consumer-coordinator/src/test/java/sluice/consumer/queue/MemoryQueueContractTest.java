package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;

/** The twin. */
final class MemoryQueueContractTest extends QueueContract {

    private static final Duration LOOK = Duration.ofMillis(5);

    private final VirtualTime time = new VirtualTime(7);
    private final VirtualTime.Scope scope = time.scope("queue");
    private final MemoryQueue queue = new MemoryQueue();

    @Override
    VirtualTime time() {
        return time;
    }

    @Override
    void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            long offset = queue.highWatermark();
            ByteBuffer text = bytes(Long.toString(offset));
            queue.append(new LogRecord(offset, 1_000 + offset, text, text, List.of()));
        }
    }

    @Override
    void publishWith(int priority) {
        queue.append(
                new LogRecord(
                        queue.highWatermark(),
                        1_000,
                        null,
                        bytes(""),
                        List.of(
                                new LogRecord.Header(
                                        MessageAttributes.PRIORITY,
                                        bytes(Integer.toString(priority))))));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    List<Outcome<PartitionReply>> ask(long epoch, PartitionRequest request) {
        var answers = new ArrayList<Outcome<PartitionReply>>(1);
        arrived(epoch, request, time.nowNs(), answers);
        return answers;
    }

    private void arrived(
            long epoch,
            PartitionRequest request,
            long sinceNs,
            List<Outcome<PartitionReply>> answers) {
        queue.now(time.wallMs());
        if (queue.waits(epoch, request, Duration.ofNanos(time.nowNs() - sinceNs))) {
            scope.schedule(LOOK, () -> arrived(epoch, request, sinceNs, answers));
            return;
        }
        try {
            answers.add(new Outcome.Success<>(queue.handle(epoch, request)));
        } catch (SluiceException e) {
            answers.add(new Outcome.Failure<>(e));
        }
    }
}
