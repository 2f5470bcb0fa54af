package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.engine.exchange.RoutingTable;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/**
 * What a gateway can do, whoever owns the partition: a call for a slot of another gateway is
 * forwarded, once.
 *
 * <p>Stages complete with {@link sluice.log.SluiceException} on failure; they may complete on an
 * engine thread, so continuations must not block. Methods without a stage block on the metadata
 * store and are called from a thread that may.
 */
public interface Engine {

    /** When the answer to an append is given. */
    enum Acks {
        /** At once; no word of what becomes of the batch, and its offset is not known. */
        NONE,
        /** When the owner's disk holds it. */
        OWNER,
        /** When all members' disks hold it. */
        ALL
    }

    /**
     * Appends one batch that passed {@link sluice.log.batch.RecordBatch#check} and begins at index
     * 0 of its buffer. The engine owns the buffer from now on, and writes offset and epoch into it.
     *
     * @param partition index of a partition that the topic has
     */
    CompletionStage<Appended> append(TopicRecord topic, int partition, Acks acks, ByteBuffer batch);

    /**
     * @param baseOffset offset of the batch's first record; −1 with {@link Acks#NONE}
     * @param duplicate true if the producer's sequence said that it was in the log already
     */
    record Appended(long baseOffset, boolean duplicate) {}

    /**
     * Reads batches from the one that holds {@code offset} on; waits up to {@code wait} for the
     * first record if the offset is the high watermark.
     *
     * @param maxBytes roughly the size of the answer; at least one batch is returned if there is
     *     one
     */
    CompletionStage<Fetched> fetch(
            TopicRecord topic, int partition, long offset, int maxBytes, Duration wait);

    /**
     * @param batches whole batches with their offsets set, in order; the first may begin before the
     *     offset asked for; each buffer may hold several
     * @param highWatermark offset after the last record that may be read
     * @param logStart first offset that may be read
     */
    record Fetched(List<ByteBuffer> batches, long highWatermark, long logStart) {
        public Fetched {
            batches = List.copyOf(batches);
        }
    }

    /** The first offset whose record has a timestamp of at least that, or the high watermark. */
    CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs);

    /** Where a partition stands now. */
    CompletionStage<PartitionStatus> status(TopicRecord topic, int partition);

    record PartitionStatus(
            int partition, long logStart, long highWatermark, int slot, Optional<Member> owner) {}

    /** A block of producer ids of which the engine gives one; never given twice. */
    CompletionStage<Long> newProducerId();

    Topics topics();

    Exchanges exchanges();

    /** Consumer groups, whichever gateway coordinates them. */
    GroupCoordinator groups();

    /** Some of the queue groups that this gateway coordinates now. */
    CompletionStage<List<GroupName>> queueGroupsHere(int max);

    ClusterView cluster();

    /**
     * Seals a dead wal whose members do not come back, with what is left of it. What was
     * acknowledged and is not left is lost, and what is known of that is written into the wal's
     * record.
     *
     * @param acceptLoss false: nothing is sealed, and the stage tells what would be lost
     * @throws sluice.log.SluiceException through the stage: NOT_FOUND {@code unknown-wal}; CONFLICT
     *     {@code wal-alive}, {@code wal-sealed}, {@code wal-recoverable}, {@code
     *     wal-copies-differ}; UNAVAILABLE if it is to be repeated
     */
    CompletionStage<ForcedEnd> forceSeal(UUID wal, String reason, boolean acceptLoss);

    /**
     * How a wal ends by force.
     *
     * @param end entries up to here are kept
     * @param committedEnd entries up to here are known to have been acknowledged; perhaps more were
     * @param silent members that did not tell what they hold
     */
    record ForcedEnd(UUID wal, boolean sealed, long end, long committedEnd, List<UUID> silent) {
        public ForcedEnd {
            silent = List.copyOf(silent);
        }
    }

    /** True once the gateway can serve: stores answered, wal open, slots known. */
    boolean ready();

    /** Topics by name. All methods but {@link #find} block on the metadata store. */
    interface Topics {
        /** From the cache if it is fresh; else a strongly consistent read. Completes soon. */
        CompletionStage<Optional<TopicRecord>> find(String namespace, String name);

        /**
         * @throws sluice.log.SluiceException CONFLICT {@code topic-exists} if it exists with
         *     another configuration or is being deleted; the present one is returned if it is the
         *     same
         */
        Created create(String namespace, String name, int partitions, TopicConfig config);

        record Created(TopicRecord topic, boolean isNew) {}

        /**
         * Changes configuration, adds partitions.
         *
         * @throws sluice.log.SluiceException NOT_FOUND {@code unknown-topic}; INVALID {@code
         *     partitions-shrink}
         */
        TopicRecord update(
                String namespace, String name, Optional<Integer> partitions, TopicConfig config);

        /**
         * Deletes a topic; when it returns, no gateway appends to it any more and its name is free.
         *
         * @throws sluice.log.SluiceException NOT_FOUND {@code unknown-topic}
         */
        void delete(String namespace, String name);

        /** Active topics of a namespace by name, from the first name after {@code after}. */
        List<TopicRecord> list(String namespace, String after, int max);
    }

    /**
     * Exchanges by name. All methods but {@link #find} block on the metadata store, and throw
     * {@link sluice.log.SluiceException} NOT_FOUND {@code unknown-exchange} if there is none.
     */
    interface Exchanges {
        /** From the cache if it is fresh; else a strongly consistent read. Completes soon. */
        CompletionStage<Optional<RoutingTable>> find(String namespace, String name);

        ExchangeRecord get(String namespace, String name);

        /**
         * Makes an exchange, or gives the one that is there this alternate.
         *
         * @throws sluice.log.SluiceException CONFLICT {@code exchange-exists} if it is of another
         *     type, {@code alternate-cycle} if the alternate leads back to it; NOT_FOUND {@code
         *     unknown-exchange} if there is no such alternate
         */
        Stored put(
                String namespace,
                String name,
                ExchangeRecord.Type type,
                Optional<String> alternate);

        record Stored(ExchangeRecord exchange, boolean isNew) {}

        /**
         * Deletes an exchange and its bindings.
         *
         * @param force also while it is another's alternate
         * @throws sluice.log.SluiceException CONFLICT {@code exchange-in-use} without it
         */
        void delete(String namespace, String name, boolean force);

        /**
         * Adds those bindings that are not there yet; all or none.
         *
         * @throws sluice.log.SluiceException NOT_FOUND {@code unknown-topic}; INVALID {@code
         *     bad-binding} for what the exchange's type does not look at; CONFLICT {@code
         *     too-many-bindings}
         */
        Changed bind(String namespace, String name, List<Named> bindings);

        /** Takes those bindings away that are there; all of a topic if it is named alone. */
        Changed unbind(String namespace, String name, List<Named> bindings);

        /**
         * @param count of bindings that were added or taken away
         */
        record Changed(ExchangeRecord exchange, int count) {}

        /** A binding as callers name it. */
        record Named(
                String topic, Optional<String> routingKey, Optional<Binding.HeaderMatch> match) {}

        /** Exchanges of a namespace by name, from the first name after {@code after}. */
        List<ExchangeRecord> list(String namespace, String after, int max);
    }

    /** A snapshot of what this gateway knows of its cluster. */
    record ClusterView(
            String clusterId, UUID self, int slots, List<Member> gateways, List<WalView> wals) {
        public ClusterView {
            gateways = List.copyOf(gateways);
            wals = List.copyOf(wals);
        }
    }

    record Member(
            UUID node,
            String httpAddress,
            String zone,
            boolean alive,
            boolean draining,
            int slots) {}

    record WalView(
            UUID wal,
            UUID node,
            String state,
            long epoch,
            int segmentsNotUploaded,
            long uploadedEnd,
            int objectsNotFolded) {}
}
