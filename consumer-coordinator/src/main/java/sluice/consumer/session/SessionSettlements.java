package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * Settlements of one session on their way to the coordinator: those of one turn of the lane go
 * together, and so do those that come while others are under way.
 */
final class SessionSettlements {

    static final int ITEMS_MAX = 20_000;
    static final int AT_ONCE = 2_000;
    static final int UNDER_WAY_MAX = 4;

    /** While a request is under way, fewer wait for more. */
    private static final int WORTH_A_REQUEST = 16;

    /** Asks the coordinator; told on the lane, once. */
    interface Sender
            extends BiConsumer<
                    List<QueueRequest.Item>,
                    java.util.function.Consumer<Outcome<List<QueueReply.Result>>>> {}

    private record Waiting(
            List<QueueRequest.Item> items, CompletableFuture<List<QueueReply.Result>> done) {}

    private final Lane lane;
    private final Sender sender;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Runnable> onDone = new ArrayList<>();
    private int items;
    private int waitingItems;
    private int underWay;
    private boolean isTurnPlanned;

    SessionSettlements(Lane lane, Sender sender) {
        this.lane = lane;
        this.sender = sender;
    }

    /**
     * @return completes on the lane, with what came of each in their order. Fails OVERLOADED {@code
     *     too-many-settlements} if so many are on their way already; else as the coordinator's
     *     answer
     */
    CompletionStage<List<QueueReply.Result>> add(List<QueueRequest.Item> more) {
        var done = new CompletableFuture<List<QueueReply.Result>>();
        if (items + more.size() > ITEMS_MAX) {
            done.completeExceptionally(
                    new SluiceException(
                            Kind.OVERLOADED,
                            "too-many-settlements",
                            "settlements of the session are under way: underWay=%d max=%d; wait for some of them"
                                    .formatted(items, ITEMS_MAX)));
            return done;
        }
        items += more.size();
        waitingItems += more.size();
        waiting.add(new Waiting(more, done));
        if (!isTurnPlanned) {
            isTurnPlanned = true;
            lane.execute(() -> {
                isTurnPlanned = false;
                send();
            });
        }
        return done;
    }

    private void send() {
        while (underWay < (waitingItems < WORTH_A_REQUEST ? 1 : UNDER_WAY_MAX)
                && !waiting.isEmpty()) {
            var batch = new ArrayList<Waiting>();
            int size = 0;
            do {
                Waiting next = waiting.removeFirst();
                batch.add(next);
                size += next.items().size();
            } while (!waiting.isEmpty() && size + waiting.getFirst().items().size() <= AT_ONCE);
            waitingItems -= size;
            send(batch, size);
        }
    }

    private void send(List<Waiting> batch, int size) {
        underWay++;
        sender.accept(
                batch.stream().flatMap(each -> each.items().stream()).toList(),
                outcome -> {
                    underWay--;
                    items -= size;
                    answer(batch, outcome);
                    send();
                    if (items == 0) {
                        List<Runnable> now = List.copyOf(onDone);
                        onDone.clear();
                        now.forEach(Runnable::run);
                    }
                });
    }

    private static void answer(List<Waiting> batch, Outcome<List<QueueReply.Result>> outcome) {
        switch (outcome) {
            case Outcome.Success<List<QueueReply.Result>>(var results) -> {
                int from = 0;
                for (Waiting each : batch) {
                    int to = from + each.items().size();
                    each.done().complete(results.subList(from, to));
                    from = to;
                }
            }
            case Outcome.Failure<List<QueueReply.Result>>(var error) ->
                    batch.forEach(each -> each.done().completeExceptionally(error));
        }
    }

    /** Runs {@code then} once all that are on their way are answered, or after {@code max}. */
    void whenDone(Duration max, Runnable then) {
        if (items == 0) {
            then.run();
            return;
        }
        boolean[] isRun = {false};
        Runnable once =
                () -> {
                    if (!isRun[0]) {
                        isRun[0] = true;
                        then.run();
                    }
                };
        onDone.add(once);
        lane.schedule(max, once);
    }
}
