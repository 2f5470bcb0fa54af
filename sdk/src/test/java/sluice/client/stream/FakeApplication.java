package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.record.TopicPartition;
import sluice.client.stream.Deliveries.Delivery;
import sluice.client.stream.Deliveries.Demand;
import sluice.client.stream.HeldPartitions.Chunk;

/**
 * What an application does with a session, step by step on the session's lane, and what it checks:
 * of each hold, records come without a gap and without a repetition.
 */
final class FakeApplication {

    final StreamSession session;
    final Deliveries deliveries;
    final List<Changes> changes = new ArrayList<>();
    final List<ConsumerRecord> records = new ArrayList<>();
    final Set<TopicPartition> assigned = new HashSet<>();
    final Set<StreamDialer.Listener> listeners = new HashSet<>();
    private final Map<HeldPartition, Long> expected = new HashMap<>();
    private @Nullable Demand demand;
    @Nullable Throwable failure;
    boolean releasesAtOnce = true;

    FakeApplication(FakeCluster cluster, SessionLane lane, StreamSettings settings) {
        StreamDialer dialer =
                (gateway, group, listener) -> {
                    listeners.add(listener);
                    cluster.dial(gateway, group, listener);
                };
        session = new StreamSession(lane, dialer, settings, this::changed);
        deliveries = new Deliveries(session);
        session.begin();
    }

    private void changed() {
        deliveries.serve();
    }

    /** Asks once more, unless a question waits. */
    void ask(int recordsMax) {
        Demand waiting = demand;
        if (failure != null || (waiting != null && !waiting.reply().isDone())) {
            return;
        }
        var asked = new Demand(recordsMax, partition -> false, new CompletableFuture<>());
        demand = asked;
        asked.reply().whenComplete(this::answered);
        deliveries.ask(asked);
    }

    private void answered(@Nullable Delivery delivery, @Nullable Throwable failed) {
        if (delivery == null) {
            failure = failed;
            return;
        }
        tell(delivery.changes());
        delivery.chunks().forEach(this::take);
    }

    private void tell(Changes told) {
        if (told.isEmpty()) {
            return;
        }
        changes.add(told);
        assigned.removeAll(told.lost());
        assigned.removeAll(told.revoking());
        if (!told.revoking().isEmpty() && releasesAtOnce) {
            commit();
            release(told.revoking());
        }
        assigned.addAll(told.assigned());
    }

    void release(Set<TopicPartition> partitions) {
        session.partitions().release(partitions);
    }

    private void take(Chunk chunk) {
        assertFalse(chunk.records().isEmpty());
        HeldPartition hold = chunk.held();
        assertEquals(Set.of(), outside(hold), "records of a partition that is not assigned");
        for (ConsumerRecord record : chunk.records()) {
            Long next = expected.get(hold);
            if (next != null) {
                assertEquals(next, record.offset(), () -> "next of " + hold.id);
            }
            assertEquals(
                    Long.toString(record.offset()),
                    new String(record.value(), StandardCharsets.UTF_8));
            expected.put(hold, record.offset() + 1);
            records.add(record);
        }
    }

    private Set<TopicPartition> outside(HeldPartition hold) {
        return assigned.contains(hold.id) ? Set.of() : Set.of(hold.id);
    }

    CompletableFuture<Void> commit() {
        return session.commits().add(session.partitions().positions(), CommitQueue.Lost.LEFT_OUT);
    }

    void seek(TopicPartition partition, long offset) {
        session.partitions().seek(partition, offset);
        HeldPartition hold = session.partitions().known(partition);
        if (hold != null) {
            expected.put(hold, offset);
        }
    }

    List<Long> offsets(int partition) {
        return records.stream()
                .filter(record -> record.partition() == partition)
                .map(ConsumerRecord::offset)
                .toList();
    }
}
