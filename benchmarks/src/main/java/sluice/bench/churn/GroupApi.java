package sluice.bench.churn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a churn needs of a system that has consumer groups. For one thread, but for the writer. */
public interface GroupApi extends AutoCloseable {

    /** Writes records with keys; each is in the log once, or it says so at the end. */
    interface Writer extends AutoCloseable {
        void send(String key, String value);

        /**
         * Returns when all that was sent is in the log.
         *
         * @throws sluice.log.SluiceException UNAVAILABLE if a record could not be written
         */
        void flush();

        @Override
        void close();
    }

    Writer writer(String topic);

    /** Makes a group that reads a topic from its first record on. */
    void createGroup(String group, String topic);

    /** A member that is silent for so long has ended. */
    Duration sessionTimeout();

    /** What a member's process is told of the system, and how it reads. */
    List<String> memberKind();

    /** Further settings of members, as {@code key=value}. */
    List<String> memberSettings();

    /** Where each partition of a topic ends. */
    Map<Integer, Long> ends(String topic);

    Map<Integer, Long> committed(String group, String topic);

    /**
     * A commit of what that member holds now, to be done later as if it came from it, without its
     * client.
     *
     * @return empty if the system has no way to; the commit tells why it was refused, and empty if
     *     it was accepted
     */
    default Optional<Supplier<String>> lateCommit(String group, String topic, String member) {
        return Optional.empty();
    }

    @Override
    void close();
}
