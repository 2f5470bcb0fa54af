package sluice.consumer.coordinator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import sluice.consumer.coordinator.DeadLetterTopics.Letter;
import sluice.consumer.group.DeadLetterHeaders;
import sluice.consumer.group.GroupName;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.MessageAttributes;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.DeadLetter;
import sluice.consumer.queue.PartitionRequest;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.QueueConfig;

/**
 * Brings a partition's dead letters where they belong: fetched from the owner, appended to the
 * topic for dead letters, and only then buried. A round that breaks off anywhere is made again; the
 * topic knows a letter that it has already.
 */
final class DeadLetterRounds {

    private static final int AT_ONCE = 100;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int ATTEMPTS_TEXT_MAX = 4_000;
    private static final int HEADERS = 9;

    private final QueueGroupPorts ports;
    private final Lane lane;
    private final GroupName group;
    private final QueuePartition partition;
    private final Supplier<QueueConfig> config;
    private final Runnable dropped;
    private boolean isUnderWay;
    private boolean isWanted;

    /**
     * @param dropped called for each letter that goes nowhere
     */
    DeadLetterRounds(
            QueueGroupPorts ports,
            Lane lane,
            GroupName group,
            QueuePartition partition,
            Supplier<QueueConfig> config,
            Runnable dropped) {
        this.ports = ports;
        this.lane = lane;
        this.group = group;
        this.partition = partition;
        this.config = config;
        this.dropped = dropped;
    }

    /** The owner has some. */
    void wanted() {
        isWanted = true;
        if (!isUnderWay) {
            isUnderWay = true;
            round();
        }
    }

    private void round() {
        isWanted = false;
        partition.call(
                new PartitionRequest.DeadLetters(AT_ONCE),
                PartitionReply.DeadLetters.class,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.DeadLetters>(var found) ->
                                found(found.letters());
                        case Outcome.Failure<PartitionReply.DeadLetters> _ -> later();
                    }
                });
    }

    private void later() {
        if (!partition.isStopped()) {
            lane.schedule(AGAIN, this::round);
        }
    }

    private void found(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            isUnderWay = false;
            if (isWanted) {
                wanted();
            }
            return;
        }
        QueueConfig now = config.get();
        var kept = new ArrayList<Letter>();
        for (DeadLetter each : letters) {
            boolean isDropped =
                    now.deadLetters().isEmpty()
                            || each.why() == Attempt.Why.REJECTED
                                    && now.onReject() == QueueConfig.OnReject.DROP;
            if (!isDropped) {
                kept.add(new Letter(partition.queue(), addressed(each)));
            }
        }
        int drops = letters.size() - kept.size();
        if (kept.isEmpty()) {
            bury(letters, drops);
            return;
        }
        Asks.answered(
                ports.deadLetters()
                        .append(group.namespace(), now.deadLetters().orElseThrow(), kept),
                lane,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<Void> _ -> bury(letters, drops);
                        case Outcome.Failure<Void> _ -> later();
                    }
                });
    }

    private void bury(List<DeadLetter> letters, int drops) {
        partition.call(
                new PartitionRequest.Bury(
                        letters.stream().map(each -> each.record().offset()).toList()),
                PartitionReply.Done.class,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Done> _ -> {
                            for (int i = 0; i < drops; i++) {
                                dropped.run();
                            }
                            round();
                        }
                        case Outcome.Failure<PartitionReply.Done> _ -> later();
                    }
                });
    }

    /**
     * The record, with headers that tell where it comes from and why it is here; without those that
     * would have it wait, or expire, once more.
     */
    private LogRecord addressed(DeadLetter letter) {
        List<LogRecord.Header> own =
                letter.record().headers().stream()
                        .filter(each ->
                                !each.name().equals(MessageAttributes.EXPIRES_AT)
                                        && !each.name().equals(MessageAttributes.DELIVER_AT))
                        .toList();
        var headers =
                new ArrayList<>(
                        own.subList(
                                0, Math.min(own.size(), RecordBatch.HEADER_COUNT_MAX - HEADERS)));
        add(headers, "reason", reason(letter));
        add(headers, "group", group.name());
        add(headers, "topic", partition.partition.topic());
        add(headers, "partition", Integer.toString(partition.partition.partition()));
        add(headers, "offset", Long.toString(letter.record().offset()));
        add(headers, "deliveries", Integer.toString(letter.count()));
        add(headers, "first-at", Long.toString(letter.firstAtMs()));
        add(headers, "last-at", Long.toString(letter.lastAtMs()));
        add(headers, "attempts", attempts(letter.attempts()));
        return new LogRecord(
                letter.record().offset(),
                letter.record().timestampMs(),
                letter.record().key(),
                letter.record().value(),
                headers);
    }

    private static void add(List<LogRecord.Header> headers, String name, String value) {
        headers.add(
                new LogRecord.Header(
                        DeadLetterHeaders.PREFIX + name,
                        ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8))));
    }

    private static String reason(DeadLetter letter) {
        if (letter.why() == Attempt.Why.EXPIRED) {
            return letter.why().word();
        }
        if (letter.why() != Attempt.Why.REJECTED) {
            return "delivery-limit" + (letter.reason().isEmpty() ? "" : ": " + letter.reason());
        }
        return letter.reason().isEmpty() ? letter.why().word() : letter.reason();
    }

    /** One line each: when it was given out, when it came back, why. */
    private static String attempts(List<Attempt> attempts) {
        var text = new StringBuilder();
        for (Attempt each : attempts) {
            String line =
                    "%d %d %s%s\n"
                            .formatted(
                                    each.sinceMs(),
                                    each.untilMs(),
                                    each.why().word(),
                                    each.reason().isEmpty() ? "" : " " + each.reason());
            if (text.length() + line.length() <= ATTEMPTS_TEXT_MAX) {
                text.append(line);
            }
        }
        return text.toString().stripTrailing();
    }
}
