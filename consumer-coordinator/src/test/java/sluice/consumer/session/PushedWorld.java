package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sluice.consumer.session.SessionWorld.GROUP;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;

/** One pushed session, whose coordinator answers when the test says so. */
abstract class PushedWorld {

    static final UUID SESSION = new UUID(3, 1);
    static final Optional<UUID> CONNECTION = Optional.of(new UUID(4, 1));
    static final QueueReply.Result DONE = new QueueReply.Result.Done();

    final VirtualTime time = new VirtualTime(1);
    final Lane lane = time.scope("world").lane("session");
    final ScriptedGroups groups = new ScriptedGroups();
    final List<String> told = new ArrayList<>();
    final PushedSession session = new PushedSession(lane, groups, GROUP, new Told());

    private final class Told implements PushedSession.Listener {
        @Override
        public void opened(QueueReply.Opened opened) {
            told.add("opened " + session.credit());
        }

        @Override
        public void delivered(List<QueueReply.Message> messages) {
            told.add(
                    "delivered"
                            + messages.stream()
                                    .map(each -> " " + each.delivery().offset())
                                    .collect(Collectors.joining()));
        }

        @Override
        public void lost(List<DeliveryId> deliveries) {
            told.add(
                    "lost"
                            + deliveries.stream()
                                    .map(each -> " " + each.offset())
                                    .collect(Collectors.joining()));
        }

        @Override
        public void ended(SluiceException failure) {
            told.add("ended " + failure.code());
        }
    }

    /** So long, and what is due then has happened. */
    void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(200_000));
    }

    void on(Runnable work) {
        lane.execute(work);
        pass(0);
    }

    static QueueRequest.Open request(Optional<QueueRequest.Resume> resume) {
        return new QueueRequest.Open(resume, CONNECTION, 0, "client", new UUID(5, 1), "gateway:1");
    }

    /** A session that was opened, with so much credit. */
    void open(int credit) {
        on(() -> session.open(request(Optional.empty()), OptionalInt.of(credit)));
        opened(last(QueueRequest.Open.class));
    }

    void opened(ScriptedGroups.Call call, DeliveryId... lost) {
        QueueConfig config = GroupConfig.queue(List.of("t"));
        call.answer().complete(new QueueReply.Opened(SESSION, 0, config, List.of(lost)));
        pass(0);
    }

    ScriptedGroups.Call last(Class<? extends QueueRequest> kind) {
        return groups.of(kind).getLast();
    }

    int count(Class<? extends QueueRequest> kind) {
        return groups.of(kind).size();
    }

    QueueRequest.Receive receive() {
        return (QueueRequest.Receive) last(QueueRequest.Receive.class).request();
    }

    void refuse(ScriptedGroups.Call call, SluiceException.Kind kind, String code) {
        call.refuse(kind, code);
        pass(0);
    }

    /** The call that waits gets messages at these offsets. */
    void give(long number, long... offsets) {
        give(last(QueueRequest.Receive.class), number, offsets);
    }

    void give(ScriptedGroups.Call call, long number, long... offsets) {
        call.answer()
                .complete(
                        new QueueReply.Received(
                                number,
                                LongStream.of(offsets).mapToObj(PushedWorld::message).toList()));
        pass(0);
    }

    static DeliveryId id(long offset) {
        return new DeliveryId(7, 0, offset, offset + 100);
    }

    private static QueueReply.Message message(long offset) {
        ByteBuffer value = ByteBuffer.wrap("v".getBytes(StandardCharsets.UTF_8));
        return new QueueReply.Message(
                id(offset),
                new TopicPartition("t", 0),
                1,
                0,
                OptionalLong.empty(),
                new LogRecord(offset, 0, null, value, List.of()));
    }

    static QueueRequest.Item acknowledge(long offset) {
        return new QueueRequest.Item(id(offset), new Outcome.Acknowledge());
    }

    /** Settles these in one frame each, within one turn. */
    void settle(QueueRequest.Item... items) {
        on(() -> {
            for (QueueRequest.Item each : items) {
                session.settle(List.of(each))
                        .whenComplete((results, failure) ->
                                told.add(
                                        failure == null
                                                ? "settled " + word(results.getFirst())
                                                : "failed " + Failures.of(failure).code()));
            }
        });
    }

    private static String word(QueueReply.Result result) {
        return switch (result) {
            case QueueReply.Result.Done() -> "done";
            case QueueReply.Result.Refused(var refusal, _) -> refusal.code();
            case QueueReply.Result.Failed(_, var code, _) -> code;
        };
    }

    void settled(QueueReply.Result... results) {
        last(QueueRequest.Settle.class)
                .answer()
                .complete(new QueueReply.Settled(Arrays.asList(results)));
        pass(0);
    }

    void assertTold(String... expected) {
        assertEquals(List.of(expected), told);
    }
}
