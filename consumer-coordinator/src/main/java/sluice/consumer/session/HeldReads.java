package sluice.consumer.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.Holdings.Positions;
import sluice.consumer.session.SessionEvent.Lost;
import sluice.consumer.session.SessionEvent.Place;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/** Reads what a member holds, from where it stands, and stops at once where a hold ends. */
final class HeldReads {

    private final Lane lane;
    private final PartitionSource source;
    private final SessionLimits limits;
    private final Consumer<SessionEvent> events;
    private final Holdings holdings = new Holdings();
    private final ReadAhead ahead;

    private long epoch = -1;
    private boolean isResting;
    private boolean isEnded;

    /**
     * @param readable told when there is something to take that was not there before
     * @param settled told when a partition turned out to have no more
     */
    HeldReads(
            Lane lane,
            PartitionSource source,
            SessionLimits limits,
            ReadRoom room,
            Consumer<SessionEvent> events,
            Runnable readable,
            Runnable settled) {
        this.lane = lane;
        this.source = source;
        this.limits = limits;
        this.events = events;
        ahead =
                new ReadAhead(
                        lane,
                        source,
                        limits,
                        room,
                        new ReadAhead.Listener() {
                            @Override
                            public void readable() {
                                readable.run();
                            }

                            @Override
                            public void atEnd() {
                                settled.run();
                            }

                            @Override
                            public void skipped(HeldPartition partition, long from, long to) {
                                events.accept(new SessionEvent.Skipped(partition.id, from, to));
                            }

                            @Override
                            public void stopped(HeldPartition partition, SluiceException failure) {
                                events.accept(
                                        new SessionEvent.Stopped(
                                                partition.id, partition.next, failure));
                            }
                        });
    }

    long epoch() {
        return epoch;
    }

    private boolean isWanted(HeldPartition partition) {
        return !isEnded && !partition.isRevoking && holdings.stands(partition);
    }

    /**
     * Takes over what the coordinator says.
     *
     * @param positions where the member says it stands
     */
    void apply(long newEpoch, List<Hold> holds, Positions positions) {
        epoch = newEpoch;
        Holdings.Change change = holdings.apply(holds, positions);
        change.lost()
                .forEach((reason, partitions) -> {
                    partitions.forEach(ahead::stop);
                    events.accept(new Lost(newEpoch, reason, ids(partitions)));
                });
        if (!change.revoking().isEmpty()) {
            change.revoking().forEach(ahead::stop);
            events.accept(
                    new SessionEvent.Revoking(
                            newEpoch, change.revokingWithin(), ids(change.revoking())));
        }
        var placed = new ArrayList<HeldPartition>();
        for (HeldPartition partition : change.kept()) {
            if (partition.next >= 0) {
                placed.add(partition);
            } else {
                find(partition);
            }
        }
        for (Holdings.Gained gained : change.gained()) {
            HeldPartition partition = gained.partition();
            if (partition.next < 0 && gained.hold().committed().isPresent()) {
                partition.next = gained.hold().committed().getAsLong();
            }
            if (partition.next >= 0) {
                placed.add(partition);
            } else {
                find(partition);
            }
        }
        assigned(placed);
    }

    /** Nothing was ever committed: it begins at the log's start, as soon as that is known. */
    private void find(HeldPartition partition) {
        source.range(partition.id)
                .whenComplete((range, _) ->
                        lane.execute(() -> {
                            if (!isWanted(partition) || partition.next >= 0) {
                                return;
                            }
                            if (range == null) {
                                lane.schedule(limits.retryPause(), () -> findAgain(partition));
                            } else {
                                partition.next = range.logStart();
                                assigned(List.of(partition));
                            }
                        }));
    }

    private void findAgain(HeldPartition partition) {
        if (isWanted(partition)) {
            find(partition);
        }
    }

    private void assigned(List<HeldPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        events.accept(
                new SessionEvent.Assigned(
                        epoch,
                        partitions.stream()
                                .map(partition -> new Place(partition.id, partition.next))
                                .toList()));
        partitions.forEach(this::readIfWanted);
    }

    private void readIfWanted(HeldPartition partition) {
        if (isWanted(partition) && !partition.isPaused && !isResting && partition.next >= 0) {
            ahead.start(partition);
        }
    }

    private static List<TopicPartition> ids(Collection<HeldPartition> partitions) {
        return partitions.stream().map(partition -> partition.id).toList();
    }

    boolean isReadable() {
        return ahead.isReadable();
    }

    /** True if there is known to be no more than what can be taken now. */
    boolean isSettled() {
        return holdings.all().stream()
                .filter(partition -> isWanted(partition) && !partition.isPaused)
                .allMatch(partition ->
                        partition.watermarks != null
                                && (!partition.ahead.isEmpty() || !partition.isBehind()));
    }

    List<Chunk> take(long recordsMax, long bytesMax) {
        return ahead.take(recordsMax, bytesMax);
    }

    /** Marks those that are to be given back as done with; false if none was new. */
    boolean release(Collection<TopicPartition> partitions) {
        return holdings.release(partitions);
    }

    List<TopicPartition> released() {
        return holdings.released();
    }

    /** Reads no more of these until {@link #resume}; their places stay. */
    void pause(Collection<TopicPartition> partitions) {
        forHeld(
                partitions,
                partition -> {
                    partition.isPaused = true;
                    ahead.stop(partition);
                });
    }

    void resume(Collection<TopicPartition> partitions) {
        forHeld(
                partitions,
                partition -> {
                    partition.isPaused = false;
                    readIfWanted(partition);
                });
    }

    private void forHeld(Collection<TopicPartition> partitions, Consumer<HeldPartition> then) {
        for (TopicPartition id : partitions) {
            HeldPartition partition = holdings.get(id);
            if (partition != null) {
                then.accept(partition);
            }
        }
    }

    /**
     * Goes on elsewhere in a partition; nothing is committed.
     *
     * @return false if the member does not hold it, or is to give it back
     */
    boolean seek(TopicPartition id, long offset) {
        HeldPartition partition = holdings.get(id);
        if (partition == null || !isWanted(partition)) {
            return false;
        }
        ahead.seek(partition, offset);
        readIfWanted(partition);
        return true;
    }

    boolean holds(TopicPartition id, long since) {
        HeldPartition partition = holdings.get(id);
        return partition != null && partition.since == since && isWanted(partition);
    }

    /** Those held that are to be given back. */
    List<TopicPartition> revoking() {
        return ids(holdings.all().stream().filter(partition -> partition.isRevoking).toList());
    }

    /** True if something of that partition was handed out since the member has it. */
    boolean wasDelivered(TopicPartition id) {
        HeldPartition partition = holdings.get(id);
        return partition != null && partition.wasDelivered;
    }

    /** Lets go of what was read ahead, and reads no more until {@link #wake}; holds stay. */
    void rest() {
        isResting = true;
        holdings.all().forEach(ahead::stop);
    }

    void wake() {
        if (isResting) {
            isResting = false;
            holdings.all().forEach(this::readIfWanted);
        }
    }

    List<TopicPartition> held() {
        return ids(holdings.all());
    }

    /** Reads nothing from now on. */
    void end() {
        isEnded = true;
        holdings.all().forEach(ahead::stop);
    }
}
