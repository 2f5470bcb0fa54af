package sluice.consumer.coordinator;

import java.util.List;
import java.util.concurrent.CompletionStage;
import sluice.consumer.queue.QueueRef;
import sluice.log.batch.LogRecord;

/** Where messages go that a queue group does not give out any more. Safe from any thread. */
public interface DeadLetterTopics {

    /**
     * Appends one record for each letter, and makes the topic if there is none. The stage ends when
     * all of them are durable. A letter that was appended before, from the same queue, partition
     * and offset, is not appended again, as far as the topic remembers.
     *
     * <p>Fails with {@link sluice.log.SluiceException}; then some may be appended, and repeating it
     * is safe.
     */
    CompletionStage<Void> append(String namespace, String topic, List<Letter> letters);

    /**
     * Appends a letter to a topic that is there, since it is to be given out once more. The stage
     * ends when it is durable. One that was appended there before, from the same place, is not
     * appended again, as far as the topic remembers.
     *
     * <p>Fails NOT_FOUND {@code unknown-topic}; with other kinds of failure it may be appended, and
     * repeating it is safe.
     */
    CompletionStage<Void> redrive(String namespace, Redriven letter);

    /**
     * @param place of the letter's queue; its partition and the record's offset are where it is
     * @param partition where it goes if the topic has it; else, or if it is negative, by its key
     */
    record Redriven(QueueRef place, String topic, int partition, LogRecord record) {}

    /**
     * @param origin the queue that gave it up
     * @param record with the headers that tell why; its offset is the message's
     */
    record Letter(QueueRef origin, LogRecord record) {}
}
