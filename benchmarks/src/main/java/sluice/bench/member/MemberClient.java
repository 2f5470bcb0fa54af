package sluice.bench.member;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A system's own client as one member of a group. For one thread; made, it has joined. */
interface MemberClient extends AutoCloseable {

    /** A record as the member needs it. */
    record Read(int partition, MemberEvent.Item item) {}

    /** Told by the thread that polls. */
    interface Changes {
        void assigned(Set<Integer> partitions);

        /** These go to others when this returns. */
        void returning(Set<Integer> partitions);

        void lost(Set<Integer> partitions);
    }

    /** Makes one that joins. */
    interface Maker {
        MemberClient join(Changes changes);
    }

    List<Read> poll(Duration max);

    /**
     * Begins a commit.
     *
     * @param answered takes null if it was accepted; may be called by any thread
     */
    void commit(Map<Integer, Long> offsets, Consumer<@Nullable Throwable> answered);

    /**
     * Commits and waits.
     *
     * @throws RuntimeException if it was not accepted
     */
    void commitNow(Map<Integer, Long> offsets);

    /**
     * Commits what is to be given back, as this client's users do: by waiting, unless it does so by
     * itself.
     *
     * @return true if it is committed
     * @throws RuntimeException if it was not accepted
     */
    boolean commitReturned(Map<Integer, Long> offsets);

    /** Leaves the group. */
    @Override
    void close();
}
