package sluice.consumer.coordinator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import sluice.consumer.group.GroupReply;
import sluice.consumer.stream.CommittedOffsets.Item;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupRecord;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;

/**
 * Removes a group: its offsets, its membership, and last its settings, so that one that was
 * interrupted is there to be deleted again.
 */
final class GroupRemoval {

    /** Whoever writes the group's item of members. */
    interface Membership {

        /** Of the item, as it was last written. */
        long version();

        /** After a stop: calls it once no write is under way any more, now if none is. */
        void whenEnded(Runnable then);
    }

    private final GroupPorts ports;
    private final Versioned<GroupRecord> group;
    private final long membershipVersion;
    private final Queue<Item> left;
    private final Answer answer;

    private GroupRemoval(
            GroupPorts ports,
            Versioned<GroupRecord> group,
            long membershipVersion,
            List<Item> offsets,
            Answer answer) {
        this.ports = ports;
        this.group = group;
        this.membershipVersion = membershipVersion;
        this.left = new ArrayDeque<>(offsets);
        this.answer = answer;
    }

    /**
     * The group is dropped here already. A write of its membership that is still under way is
     * waited for, as there is one for every group that was just made; one of its offsets makes this
     * fail.
     */
    static void start(
            GroupPorts ports,
            Versioned<GroupRecord> group,
            Membership membership,
            List<Item> offsets,
            Answer answer) {
        membership.whenEnded(() ->
                new GroupRemoval(ports, group, membership.version(), offsets, answer).offsets());
    }

    private void offsets() {
        Item next = left.poll();
        if (next == null) {
            membership();
            return;
        }
        write(
                ports,
                () -> ports.store().removeOffsets(group.value().id(), next.place(), next.version()),
                _ -> offsets(),
                answer::fail);
    }

    private void membership() {
        write(
                ports,
                () -> ports.store().removeMembership(group.value().id(), membershipVersion),
                _ -> settings(),
                answer::fail);
    }

    private void settings() {
        GroupRecord record = group.value();
        write(
                ports,
                () -> ports.store().remove(record.namespace(), record.name(), group.version()),
                _ -> answer.reply(new GroupReply.Done()),
                answer::fail);
    }

    /** One conditional write; a lost race is a failure UNAVAILABLE. */
    static void write(
            GroupPorts ports,
            Supplier<Written> write,
            LongConsumer applied,
            Consumer<SluiceException> failed) {
        ports.background()
                .run(
                        ports.lane(),
                        write,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Success<Written>(Written.Applied(long version)) ->
                                        applied.accept(version);
                                case Outcome.Success<Written>(Written.Conflict _) ->
                                        failed.accept(OffsetWrites.moved());
                                case Outcome.Failure<Written>(var error) -> failed.accept(error);
                            }
                        });
    }
}
