package sluice.client.outbox;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.outbox.OutboxTables.Lease;
import sluice.client.outbox.OutboxTables.Opened;

/**
 * One relay's work on one lane at a time, in steps: each is one transaction, or one attempt to
 * send.
 *
 * <pre>
 *                 claim                open: a round is there
 *   Looking ───────────────▶ Holding ─────────────────────────▶ Sending ──┐ not all known yet:
 *      ▲                      │ ▲ ▲ └──┐ rows wait: fix           │  ▲     │ send those again
 *      │ nothing to do:       │ │ └────┘ their sequence           │  └─────┘
 *      └──────────────────────┘ └─────────────────────────────────┘ settle
 *        release; or lease lost
 * </pre>
 *
 * <p>What {@code Sending} sends is durable, so whoever comes after sends the very same. A failed
 * transaction leads back to {@code Holding}, which reads what is true. Not thread-safe; nothing in
 * it waits but for the database and for an attempt to send.
 */
final class LaneTurn {

    private static final Logger LOGGER = LoggerFactory.getLogger(LaneTurn.class);

    /** Rounds before others' lanes have their turn. */
    private static final int ROUNDS_MAX = 50;

    /** What a step came to. */
    enum Progress {
        /** There may be more to do at once. */
        WORKED,
        /** No lane has anything to do that nobody else does. */
        NOTHING,
        /** The log or the database is not there now: the same again after a pause. */
        LATER
    }

    private sealed interface State {
        /** Holds no lane. */
        record Looking() implements State {}

        /** Holds a lane, and knows nothing of it. */
        record Holding(Lease lease) implements State {}

        /** Sends a round; {@code outcomes} has the batches that need not be sent again. */
        record Sending(
                Lease lease, Round round, Map<Long, OutboxRow> rows, Map<FixedBatch, Sent> outcomes)
                implements State {}
    }

    private final OutboxTables tables;
    private final OutboxLog log;
    private final RoundPlan.KeyPartitioner partitioner;
    private final OutboxCounts counts;
    private State state = new State.Looking();
    private int nextLane;
    private int rounds;

    /**
     * @param firstLane where to look first, so that relays begin at different ones
     */
    LaneTurn(
            OutboxTables tables,
            OutboxLog log,
            RoundPlan.KeyPartitioner partitioner,
            OutboxCounts counts,
            int firstLane) {
        this.tables = tables;
        this.log = log;
        this.partitioner = partitioner;
        this.counts = counts;
        this.nextLane = firstLane;
    }

    Progress step() {
        try {
            if (state instanceof State.Holding holding) {
                return open(holding.lease());
            }
            if (state instanceof State.Sending sending) {
                return send(sending);
            }
            return look();
        } catch (SQLException e) {
            LOGGER.atWarn().setCause(e).log("outbox: a transaction of the relay failed");
            if (state instanceof State.Sending sending) {
                state = new State.Holding(sending.lease());
            }
            return Progress.LATER;
        }
    }

    /** Gives back what is held, if the database is there. */
    void stop() {
        Lease lease =
                state instanceof State.Holding holding
                        ? holding.lease()
                        : state instanceof State.Sending sending ? sending.lease() : null;
        state = new State.Looking();
        if (lease != null) {
            try {
                tables.release(lease);
            } catch (SQLException e) {
                LOGGER.atWarn().setCause(e).log("outbox: a lane stays leased until its time is up");
            }
        }
    }

    private Progress look() throws SQLException {
        var lease = tables.claim(nextLane);
        if (lease.isEmpty()) {
            return Progress.NOTHING;
        }
        rounds = 0;
        nextLane = lease.get().lane() + 1;
        state = new State.Holding(lease.get());
        return Progress.WORKED;
    }

    private Progress open(Lease lease) throws SQLException {
        var found = tables.open(lease);
        if (found.isEmpty()) {
            return lost(lease);
        }
        Opened opened = found.get();
        if (opened.round().isPresent()) {
            return resume(lease, opened.round().get(), opened.rows());
        }
        if (opened.rows().isEmpty() || rounds++ >= ROUNDS_MAX) {
            tables.release(lease);
            state = new State.Looking();
            return Progress.WORKED;
        }
        return fix(lease, opened);
    }

    private Progress resume(Lease lease, Round round, List<OutboxRow> rows) {
        var byId = new HashMap<Long, OutboxRow>();
        rows.forEach(row -> byId.put(row.id(), row));
        var outcomes = new LinkedHashMap<FixedBatch, Sent>();
        for (FixedBatch batch : round.batches()) {
            if (!byId.keySet().containsAll(batch.rows())) {
                // With fewer records it would be another batch under the same sequence.
                outcomes.put(batch, new Sent.OutOfSequence("rows were deleted by somebody else"));
            }
        }
        state = new State.Sending(lease, round, byId, outcomes);
        return Progress.WORKED;
    }

    private Progress fix(Lease lease, Opened opened) throws SQLException {
        var partitionCounts = new HashMap<String, Integer>();
        var refused = new LinkedHashMap<Long, Sent.Refused>();
        long producerId;
        try {
            for (OutboxRow row : opened.rows()) {
                refusal(row, partitionCounts).ifPresent(why -> refused.put(row.id(), why));
            }
            producerId = opened.producerId().orElseGet(log::newProducerId);
        } catch (RuntimeException e) {
            LOGGER.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("outbox: the log does not answer; the relay waits");
            return tables.extend(lease) ? Progress.LATER : lost(lease);
        }
        var valid = opened.rows().stream().filter(row -> !refused.containsKey(row.id())).toList();
        var streams = RoundPlan.byPartition(valid, partitionCounts::get, partitioner);
        var fixed = tables.fix(lease, producerId, streams, refused);
        if (fixed.isEmpty()) {
            return lost(lease);
        }
        if (fixed.get()) {
            setAside(refused);
        }
        return Progress.WORKED; // Still holding: what was stored is read, and so sent.
    }

    private java.util.Optional<Sent.Refused> refusal(
            OutboxRow row, Map<String, Integer> partitionCounts) {
        Integer known = partitionCounts.get(row.topic());
        try {
            if (known == null) {
                known = log.partitionCount(row.topic());
                partitionCounts.put(row.topic(), known);
            }
        } catch (OutboxLog.UnknownTopic e) {
            return java.util.Optional.of(
                    new Sent.Refused("unknown-topic", String.valueOf(e.getMessage())));
        }
        if (row.partition().isPresent() && row.partition().getAsInt() >= known) {
            return java.util.Optional.of(
                    new Sent.Refused(
                            "partition-out-of-range",
                            "the topic has no such partition: partition="
                                    + row.partition().getAsInt()
                                    + " partitions="
                                    + known));
        }
        return java.util.Optional.empty();
    }

    private Progress send(State.Sending sending) throws SQLException {
        var attempts = new LinkedHashMap<FixedBatch, CompletableFuture<Sent>>();
        for (FixedBatch batch : sending.round().batches()) {
            if (!sending.outcomes().containsKey(batch)) {
                var rows = batch.rows().stream().map(id -> row(sending, id)).toList();
                attempts.put(batch, log.append(batch, rows));
            }
        }
        boolean all = true;
        for (var attempt : attempts.entrySet()) {
            Sent sent = attempt.getValue().join();
            if (sent instanceof Sent.Again again) {
                all = false;
                LOGGER.atDebug()
                        .addKeyValue("topic", attempt.getKey().topic())
                        .addKeyValue("partition", attempt.getKey().partition())
                        .addKeyValue("reason", again.reason())
                        .log("outbox: a batch is sent again");
            } else {
                sending.outcomes().put(attempt.getKey(), sent);
            }
        }
        if (all) {
            return settle(sending);
        }
        return tables.extend(sending.lease()) ? Progress.LATER : lost(sending.lease());
    }

    private static OutboxRow row(State.Sending sending, long id) {
        OutboxRow row = sending.rows().get(id);
        if (row == null) {
            throw new IllegalStateException("a batch without all of its rows: id=" + id);
        }
        return row;
    }

    private Progress settle(State.Sending sending) throws SQLException {
        var producerId = OptionalLong.empty();
        if (RoundPlan.needsProducer(sending.outcomes())) {
            try {
                producerId = OptionalLong.of(log.newProducerId());
            } catch (RuntimeException e) {
                LOGGER.atWarn().setCause(e).log("outbox: the log gives no producer id");
                return tables.extend(sending.lease()) ? Progress.LATER : lost(sending.lease());
            }
        }
        var settlement =
                RoundPlan.settle(
                        sending.outcomes(), sending.rows().keySet(), producerId.orElse(-1));
        var settled = tables.settle(sending.lease(), sending.round(), settlement, producerId);
        if (settled.isEmpty()) {
            return lost(sending.lease());
        }
        if (settled.get()) {
            counts.relayed(settlement.appended().size());
            setAside(settlement.refused());
            tellOfNewSequences(sending.outcomes());
        }
        state = new State.Holding(sending.lease());
        return Progress.WORKED;
    }

    private Progress lost(Lease lease) {
        LOGGER.atInfo()
                .addKeyValue("lane", lease.lane())
                .log("outbox: another relay took the lane over");
        state = new State.Looking();
        return Progress.WORKED;
    }

    private void setAside(Map<Long, Sent.Refused> refused) {
        counts.setAside(refused.size());
        refused.values().stream()
                .collect(Collectors.groupingBy(why -> why, Collectors.counting()))
                .forEach((why, rows) ->
                        LOGGER.atError()
                                .addKeyValue("rows", rows)
                                .addKeyValue("code", why.code())
                                .addKeyValue("reason", why.reason())
                                .log(
                                        "outbox: the log refuses rows; they wait in sluice_outbox_refused"));
    }

    private static void tellOfNewSequences(Map<FixedBatch, Sent> outcomes) {
        outcomes.forEach((batch, sent) -> {
            if (sent instanceof Sent.OutOfSequence || sent instanceof Sent.Fenced) {
                LOGGER.atWarn()
                        .addKeyValue("topic", batch.topic())
                        .addKeyValue("partition", batch.partition())
                        .addKeyValue("outcome", sent)
                        .log("outbox: the log knows another past; its sequence begins anew");
            }
        });
    }
}
