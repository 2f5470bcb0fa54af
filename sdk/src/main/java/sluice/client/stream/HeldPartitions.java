package sluice.client.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.client.error.SluiceClientException;
import sluice.client.record.TopicPartition;

/**
 * What the member holds, what the application was told of it, and what is buffered. Owned by the
 * session's lane.
 */
final class HeldPartitions {

    /** Buffered of one partition in any case before the gateway is asked to hold it back. */
    private static final long SHARE_BYTES_MIN = 16 << 10;

    private final long windowBytes;
    private final Consumer<String> send;
    private final Credit credit;

    /** In the order in which they are served: whoever was served goes to the end. */
    private final LinkedHashMap<TopicPartition, HeldPartition> held = new LinkedHashMap<>();

    /** What the application knows. */
    private final Map<TopicPartition, HeldPartition> told = new HashMap<>();

    private long epoch = -1;

    /**
     * @param send takes frames for the gateway; drops them while there is no session
     */
    HeldPartitions(long windowBytes, Consumer<String> send) {
        this.windowBytes = windowBytes;
        this.send = send;
        this.credit = new Credit(windowBytes);
    }

    /** Records of one hold of one partition. */
    record Chunk(HeldPartition held, List<ConsumerRecord> records) {}

    // What the gateway says.

    void epoch(long told) {
        epoch = told;
    }

    /** Of the group, as the gateway told it last. */
    long epoch() {
        return epoch;
    }

    /**
     * The connection is gone: what is buffered is read again, from where the application stands.
     */
    void disconnected() {
        for (HeldPartition each : held.values()) {
            each.isConfirmed = false;
            each.isHeldBack = false;
            each.clearFailure();
            each.drop();
        }
    }

    /** A session began. */
    void joined() {
        credit.reset();
        grant();
    }

    void assigned(Map<TopicPartition, Long> positions) {
        positions.forEach((id, position) -> {
            HeldPartition known = held.get(id);
            if (known == null || (!known.isConfirmed && known.resumedAt != position)) {
                // Not the hold that we had, or it would go on where we stood.
                held.remove(id);
                known = new HeldPartition(id, position);
                held.put(id, known);
            } else if (known.position() != position) {
                send.accept(StreamFrames.seek(id, known.position()));
            }
            if (known.isPaused) {
                known.isHeldBack = true;
                send.accept(StreamFrames.pause(List.of(id)));
            }
            known.isConfirmed = true;
            known.isRevoking = false;
            known.isReleased = false;
            letOn(known);
        });
    }

    void revoking(Collection<TopicPartition> partitions) {
        var atOnce = new ArrayList<TopicPartition>();
        for (TopicPartition id : partitions) {
            HeldPartition known = held.get(id);
            if (known == null || known.isReleased) {
                atOnce.add(id); // The application has nothing to finish.
            } else {
                known.isConfirmed = true;
                known.revocations += known.isRevoking ? 0 : 1;
                known.isRevoking = true;
                known.drop();
            }
        }
        if (!atOnce.isEmpty()) {
            releaseNow(atOnce);
        }
        grant();
    }

    void lost(Collection<TopicPartition> partitions) {
        partitions.forEach(held::remove);
        grant();
    }

    /** The gateway has said all that it had to say of what was held before. */
    void allConfirmed() {
        held.values().removeIf(each -> !each.isConfirmed);
    }

    boolean areAllConfirmed() {
        return held.values().stream().allMatch(each -> each.isConfirmed);
    }

    /** There is no member any more. */
    void lostAll() {
        held.clear();
    }

    void records(StreamFrames.Records records) {
        credit.spent(records.bytes());
        HeldPartition to = held.get(records.partition());
        if (to != null && !to.isRevoking && !to.isHeldBack && to.failure == null) {
            to.offer(records);
            if (to.bufferedBytes() > shareBytes()) {
                holdBack(to);
            }
        }
        grant();
    }

    void skipped(TopicPartition partition, long from, long to) {
        HeldPartition known = held.get(partition);
        if (known != null) {
            known.skip(from, to);
        }
    }

    void failed(TopicPartition partition, SluiceClientException failure) {
        HeldPartition known = held.get(partition);
        if (known != null) {
            known.failure = failure;
        }
    }

    private long shareBytes() {
        return Math.max(SHARE_BYTES_MIN, windowBytes / Math.max(1, held.size()));
    }

    // What the application asks.

    /** What it was not told yet; it is told now. */
    Changes changes() {
        var lost = new LinkedHashSet<TopicPartition>();
        var revoking = new LinkedHashSet<TopicPartition>();
        var assigned = new LinkedHashSet<TopicPartition>();
        told.values()
                .removeIf(known -> {
                    boolean isGone = held.get(known.id) != known;
                    if (isGone && !known.isReleased) {
                        lost.add(known.id);
                    }
                    return isGone;
                });
        for (HeldPartition each : held.values()) {
            boolean isTold = told.get(each.id) == each;
            if (each.isRevoking && isTold && !each.isRevokingTold) {
                each.isRevokingTold = true;
                revoking.add(each.id);
            } else if (!each.isRevoking && (!isTold || each.isRevokingTold)) {
                each.isRevokingTold = false;
                told.put(each.id, each);
                assigned.add(each.id);
            }
        }
        releaseUnseen();
        return new Changes(lost, revoking, assigned);
    }

    /** What was to be given back before the application heard of it. */
    private void releaseUnseen() {
        var unseen =
                held.values().stream()
                        .filter(each ->
                                each.isRevoking && !each.isReleased && told.get(each.id) != each)
                        .map(each -> each.id)
                        .toList();
        if (!unseen.isEmpty()) {
            release(unseen);
        }
    }

    /** Records of the partitions in turn, as far as nothing else is to be told before. */
    List<Chunk> take(int recordsMax, Predicate<TopicPartition> isBusy) {
        var chunks = new ArrayList<Chunk>();
        int left = recordsMax;
        for (HeldPartition each : List.copyOf(held.values())) {
            if (left == 0) {
                break;
            }
            if (isServed(each) && each.hasRecords() && !isBusy.test(each.id)) {
                List<ConsumerRecord> records = each.take(left);
                if (!records.isEmpty()) {
                    left -= records.size();
                    chunks.add(new Chunk(each, records));
                    held.remove(each.id);
                    held.put(each.id, each);
                }
                if (each.failure == null) {
                    letOn(each);
                } else {
                    holdBack(each);
                }
            }
        }
        grant();
        return chunks;
    }

    private static boolean isServed(HeldPartition partition) {
        return partition.isConfirmed && !partition.isRevoking && !partition.isPaused;
    }

    /** A failure of a partition, told once. */
    Optional<SluiceClientException> takeFailure() {
        for (HeldPartition each : held.values()) {
            SluiceClientException failure = each.failure;
            if (failure != null && !each.isFailureTold && isServed(each) && !each.hasRecords()) {
                each.isFailureTold = true; // It stands here until somebody moves it.
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }

    private void holdBack(HeldPartition partition) {
        if (!partition.isHeldBack) {
            partition.isHeldBack = true;
            send.accept(StreamFrames.pause(List.of(partition.id)));
        }
    }

    /** Asks for more of a partition that was held back, once little of it is left. */
    private void letOn(HeldPartition partition) {
        if (partition.isHeldBack
                && !partition.isPaused
                && partition.failure == null
                && partition.bufferedBytes() <= shareBytes() / 2) {
            partition.isHeldBack = false;
            // Frames that came meanwhile were dropped.
            send.accept(StreamFrames.seek(partition.id, partition.fetched()));
            send.accept(StreamFrames.resume(List.of(partition.id)));
        }
    }

    /**
     * The hold of a partition that the application knows of.
     *
     * @return null if that is over, or it never knew of one
     */
    @Nullable HeldPartition known(TopicPartition partition) {
        HeldPartition known = told.get(partition);
        return known != null && held.get(partition) == known ? known : null;
    }

    /** What the application knows to be its own. */
    List<TopicPartition> assignment() {
        return held.values().stream()
                .filter(each -> told.get(each.id) == each)
                .map(each -> each.id)
                .toList();
    }

    boolean isCurrent(HeldPartition hold) {
        return held.get(hold.id) == hold;
    }

    /** Where the application stands in its partitions, as far as it is not committed. */
    Map<HeldPartition, Long> positions() {
        var positions = new LinkedHashMap<HeldPartition, Long>();
        held.values().stream()
                .filter(each -> told.get(each.id) == each && each.position() != each.committed)
                .forEach(each -> positions.put(each, each.position()));
        return positions;
    }

    /** What is held, told or not; for a gateway that is new to it. */
    Map<TopicPartition, Long> resumeAt() {
        var positions = new LinkedHashMap<TopicPartition, Long>();
        for (HeldPartition each : held.values()) {
            each.resumedAt = each.position();
            positions.put(each.id, each.position());
        }
        return positions;
    }

    /** Gives back those of them that are to be given back. */
    void release(Collection<TopicPartition> partitions) {
        var released = new ArrayList<TopicPartition>();
        for (TopicPartition id : partitions) {
            HeldPartition known = held.get(id);
            if (known != null && known.isRevoking) {
                known.isReleased = true;
                released.add(id);
            }
        }
        if (!released.isEmpty()) {
            releaseNow(released);
        }
    }

    private void releaseNow(List<TopicPartition> partitions) {
        send.accept(StreamFrames.release(epoch, partitions));
    }

    /** Returns false if it is not held. */
    boolean seek(TopicPartition partition, long offset) {
        HeldPartition known = held.get(partition);
        if (known == null || known.isRevoking) {
            return false;
        }
        known.moveTo(offset);
        send.accept(StreamFrames.seek(partition, offset));
        if (known.isHeldBack) {
            known.isHeldBack = false;
            if (!known.isPaused) {
                send.accept(StreamFrames.resume(List.of(partition)));
            }
        }
        grant();
        return true;
    }

    /** Hands out again what was handed out under this hold from {@code offset} on. */
    void moveBack(HeldPartition hold, long offset) {
        if (isCurrent(hold) && !seek(hold.id, offset)) {
            hold.moveTo(offset); // It is to be given back; should it be kept, it goes on there.
        }
    }

    /** Hands out no more of these, and buffers nothing of them, until {@link #resume}. */
    void pause(Collection<TopicPartition> partitions) {
        for (TopicPartition id : partitions) {
            HeldPartition known = held.get(id);
            if (known != null && !known.isPaused) {
                known.isPaused = true;
                known.drop();
                holdBack(known);
            }
        }
        grant();
    }

    void resume(Collection<TopicPartition> partitions) {
        for (TopicPartition id : partitions) {
            HeldPartition known = held.get(id);
            if (known != null && known.isPaused) {
                known.isPaused = false;
                letOn(known);
            }
        }
    }

    long bufferedBytes() {
        return held.values().stream().mapToLong(HeldPartition::bufferedBytes).sum();
    }

    private void grant() {
        long bytes = credit.grant(bufferedBytes());
        if (bytes > 0) {
            send.accept(StreamFrames.credit(bytes));
        }
    }
}
