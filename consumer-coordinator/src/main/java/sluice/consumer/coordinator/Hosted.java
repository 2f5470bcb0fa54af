package sluice.consumer.coordinator;

import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException;

/** A group of either type that this gateway coordinates, from its take-over until it is dropped. */
interface Hosted {

    /** Told of the group's end here. */
    interface Owner {
        void dropped(Hosted group);
    }

    GroupName name();

    /** Runs it once the group stands at its start in every partition; at the latest soon. */
    default void whenReady(Runnable then) {
        then.run();
    }

    /** Answers now or later, once. */
    void handle(GroupRequest request, Answer answer);

    /** True if nobody used it since, and nobody would miss it. */
    boolean isIdleSince(long ns);

    /** Looks for new topics and partitions, if there is anybody to read them. */
    void refresh();

    /** The group is coordinated elsewhere, or nobody uses it. */
    void drop(SluiceException why);
}
