package sluice.consumer.coordinator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.consumer.dispatch.Lease;
import sluice.consumer.dispatch.Receiver;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.log.lane.Outcome;

/** Answers that several partitions' owners have a part in. */
final class QueueAnswers {

    private final Function<TopicPartition, @Nullable QueuePartition> partitions;
    private final Function<DeliveryId, @Nullable QueuePartition> byDelivery;
    private final BooleanSupplier isSettled;

    /**
     * @param byDelivery the partition of a delivery, if it is one of this group
     * @param isSettled true if all partitions are known that the group reads
     */
    QueueAnswers(
            Function<TopicPartition, @Nullable QueuePartition> partitions,
            Function<DeliveryId, @Nullable QueuePartition> byDelivery,
            BooleanSupplier isSettled) {
        this.partitions = partitions;
        this.byDelivery = byDelivery;
        this.isSettled = isSettled;
    }

    /** Whoever called for messages is answered with them, read anew if the answer was lost. */
    Receiver receiver(Answer answer) {
        return new Receiver() {
            @Override
            public void received(long number, List<QueueReply.Message> messages) {
                answer.reply(new QueueReply.Received(number, messages));
            }

            @Override
            public void again(long number, List<Lease> leases) {
                new Again(number, leases, answer).start();
            }

            @Override
            public void failed(SluiceException error) {
                answer.fail(error);
            }
        };
    }

    /** An answer that was lost is made again from what the partitions have. */
    private final class Again {
        private final long number;
        private final List<Lease> leases;
        private final Answer answer;
        private final Map<DeliveryId, LogRecord> found = new HashMap<>();
        private Optional<SluiceException> failure = Optional.empty();
        private int left;

        Again(long number, List<Lease> leases, Answer answer) {
            this.number = number;
            this.leases = leases;
            this.answer = answer;
        }

        void start() {
            Map<TopicPartition, List<Lease>> byPartition = new HashMap<>();
            for (Lease each : leases) {
                byPartition.computeIfAbsent(each.partition(), _ -> new ArrayList<>()).add(each);
            }
            left = 1;
            byPartition.forEach(this::read);
            end();
        }

        private void read(TopicPartition at, List<Lease> of) {
            QueuePartition partition = partitions.apply(at);
            if (partition != null) {
                left++;
                read(partition, of);
            }
        }

        /** Reads what an answer has room for, then the rest. */
        private void read(QueuePartition partition, List<Lease> of) {
            partition.call(
                    new PartitionRequest.Read(
                            of.stream().map(each -> each.delivery().offset()).toList()),
                    PartitionReply.Records.class,
                    outcome -> {
                        switch (outcome) {
                            case Outcome.Success<PartitionReply.Records>(var read) -> {
                                int next = note(of, read.records());
                                if (next > 0 && next < of.size()) {
                                    read(partition, of.subList(next, of.size()));
                                } else {
                                    end();
                                }
                            }
                            case Outcome.Failure<PartitionReply.Records>(var error) -> {
                                failure = Optional.of(error);
                                end();
                            }
                        }
                    });
        }

        /** Returns the index after the last one that was found; 0 if none was. */
        private int note(List<Lease> of, List<LogRecord> records) {
            Map<Long, LogRecord> byOffset = new HashMap<>();
            records.forEach(each -> byOffset.put(each.offset(), each));
            int next = 0;
            for (int i = 0; i < of.size(); i++) {
                DeliveryId delivery = of.get(i).delivery();
                LogRecord record = byOffset.get(delivery.offset());
                if (record != null) {
                    found.put(delivery, record);
                    next = i + 1;
                }
            }
            return next;
        }

        private void end() {
            if (--left > 0) {
                return;
            }
            if (failure.isPresent()) {
                answer.fail(failure.get());
                return;
            }
            List<QueueReply.Message> messages =
                    leases.stream()
                            .filter(each -> found.containsKey(each.delivery()))
                            .map(each ->
                                    new QueueReply.Message(
                                            each.delivery(),
                                            each.partition(),
                                            each.count(),
                                            each.firstAtMs(),
                                            each.deadlineMs(),
                                            requireNonNull(found.get(each.delivery()))))
                            .toList();
            answer.reply(new QueueReply.Received(number, messages));
        }
    }

    /** Sends each settlement to its partition; answers when all outcomes are known. */
    void settle(QueueRequest.Settle request, Answer answer) {
        List<QueueRequest.Item> items = request.items();
        List<QueueReply.Result> results =
                new ArrayList<>(Collections.nCopies(items.size(), new QueueReply.Result.Done()));
        int[] left = {items.size() + 1};
        Runnable end =
                () -> {
                    if (--left[0] == 0) {
                        answer.reply(new QueueReply.Settled(results));
                    }
                };
        Map<TopicPartition, QueuePartition> touched = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            int index = i;
            DeliveryId delivery = items.get(i).delivery();
            QueuePartition partition = byDelivery.apply(delivery);
            if (partition == null) {
                results.set(i, notHere());
                end.run();
                continue;
            }
            touched.put(partition.partition, partition);
            partition.settle(
                    items.get(i),
                    Settlement.of(delivery, request.session(), items.get(i).outcome()),
                    outcome -> {
                        results.set(index, result(outcome));
                        end.run();
                    });
        }
        touched.values().forEach(QueuePartition::flush);
        end.run();
    }

    private QueueReply.Result notHere() {
        return isSettled.getAsBoolean()
                ? new QueueReply.Result.Refused(
                        Settlement.Refusal.UNKNOWN_DELIVERY, "no delivery of this group's topics")
                : new QueueReply.Result.Failed(
                        SluiceException.Kind.UNAVAILABLE,
                        "group-starting",
                        "the group's topics are being taken up; nothing was done, settle it again");
    }

    private static QueueReply.Result result(Outcome<Settlement.Result> outcome) {
        return switch (outcome) {
            case Outcome.Success<Settlement.Result>(Settlement.Result.Done _) ->
                    new QueueReply.Result.Done();
            case Outcome.Success<Settlement.Result>(
                            Settlement.Result.Refused(var refusal, var message)) ->
                    new QueueReply.Result.Refused(refusal, message);
            case Outcome.Failure<Settlement.Result>(var error) ->
                    new QueueReply.Result.Failed(
                            error.kind(), error.code(), String.valueOf(error.getMessage()));
        };
    }

    /** These never reached anybody. */
    static void giveBack(QueuePartition partition, List<Settlement> settlements) {
        for (Settlement each : settlements) {
            var delivery =
                    new DeliveryId(
                            partition.queue().queue(),
                            partition.partition.partition(),
                            each.offset(),
                            each.lease());
            partition.settle(new QueueRequest.Item(delivery, each.outcome()), each, null);
        }
        partition.flush();
    }
}
