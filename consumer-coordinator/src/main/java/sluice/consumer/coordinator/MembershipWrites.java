package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.stream.GiveGate;
import sluice.consumer.stream.StreamGroup;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.MembershipRecord;

/**
 * Writes a group's membership: one write under way at a time, all that changed meanwhile in the
 * next one, and everyone answered after the write that holds their change. While the store is away
 * the write is tried again, and members go on with what they were told.
 */
final class MembershipWrites implements GroupRemoval.Membership {

    private static final Duration AGAIN = Duration.ofMillis(500);

    /** A change waits so long for a store that is away. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(5);

    /** Told what becomes of the writes. */
    interface Observer {
        /** The plan is made; something may have moved. */
        void settled();

        /** Members may be told of something new. */
        void written();

        /** The item is another coordinator's now, or what it holds is not known. */
        void lost(SluiceException why);
    }

    private record Waiter(
            long change, long untilNs, Runnable durable, Consumer<SluiceException> failed) {}

    private final GroupPorts ports;
    private final UUID group;
    private final StreamGroup machine;
    private final GiveGate gate;
    private final Observer observer;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private long version;
    private long durableChange;
    private boolean isQueued;
    private boolean isWriting;
    private boolean isStopped;
    private Runnable onceEnded = () -> {};

    MembershipWrites(
            GroupPorts ports,
            UUID group,
            StreamGroup machine,
            long version,
            GiveGate gate,
            Observer observer) {
        this.ports = ports;
        this.group = group;
        this.machine = machine;
        this.version = version;
        this.gate = gate;
        this.observer = observer;
    }

    @Override
    public long version() {
        return version;
    }

    boolean isIdle() {
        return !isWriting && waiters.isEmpty();
    }

    /** Settles what changed, once for all that is queued on the lane now. */
    void soon() {
        if (!isQueued && !isStopped) {
            isQueued = true;
            ports.lane().execute(this::settle);
        }
    }

    /** Calls {@code durable} once all that was changed so far is written, now if it is. */
    void whenDurable(Runnable durable, Consumer<SluiceException> failed) {
        if (machine.changes() <= durableChange) {
            durable.run();
            return;
        }
        long untilNs = ports.lane().nowNs() + WAIT_MAX.toNanos();
        waiters.add(new Waiter(machine.changes(), untilNs, durable, failed));
        soon();
    }

    private void settle() {
        isQueued = false;
        if (isStopped || isWriting) {
            return;
        }
        machine.settle(gate);
        observer.settled();
        if (!machine.isChanged() || isStopped) {
            return;
        }
        long change = machine.changes();
        MembershipRecord next = machine.next();
        isWriting = true;
        ports.background()
                .run(
                        ports.lane(),
                        () -> ports.store().putMembership(group, next, version),
                        outcome -> ended(change, next, outcome));
    }

    private void ended(long change, MembershipRecord next, Outcome<Written> outcome) {
        isWriting = false;
        take(change, next, outcome);
        Runnable then = onceEnded;
        onceEnded = () -> {};
        then.run();
    }

    private void take(long change, MembershipRecord next, Outcome<Written> outcome) {
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long applied)) -> {
                version = applied;
                durableChange = change;
                machine.written(next, ports.lane().nowNs());
                answer();
                observer.written();
                soon();
            }
            case Outcome.Success<Written>(Written.Conflict _) -> lost(OffsetWrites.moved());
            case Outcome.Failure<Written>(var error) -> {
                if (!OffsetWrites.isNotDone(error)) {
                    lost(error);
                } else if (isStopped) {
                    failAll(error);
                } else {
                    machine.notWritten();
                    failLate(error);
                    ports.lane().schedule(AGAIN, this::soon);
                }
            }
        }
    }

    private void answer() {
        while (!waiters.isEmpty() && waiters.getFirst().change() <= durableChange) {
            waiters.removeFirst().durable().run();
        }
        if (isStopped) {
            failAll(OffsetWrites.moved());
        }
    }

    private void lost(SluiceException why) {
        failAll(why);
        if (!isStopped) {
            observer.lost(why);
        }
    }

    private void failLate(SluiceException error) {
        long nowNs = ports.lane().nowNs();
        while (!waiters.isEmpty() && waiters.getFirst().untilNs() - nowNs <= 0) {
            waiters.removeFirst().failed().accept(error);
        }
    }

    private void failAll(SluiceException why) {
        while (!waiters.isEmpty()) {
            waiters.removeFirst().failed().accept(why);
        }
    }

    /** Begins no more writes; whoever waits for the one under way is told how it ends. */
    void stop(SluiceException why) {
        isStopped = true;
        if (!isWriting) {
            failAll(why);
        }
    }

    @Override
    public void whenEnded(Runnable then) {
        if (isWriting) {
            onceEnded = then;
        } else {
            then.run();
        }
    }
}
