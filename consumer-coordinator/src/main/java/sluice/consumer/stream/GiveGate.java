package sluice.consumer.stream;

/** Decides whether a free partition may be given yet. */
public interface GiveGate {

    /**
     * @param first partitions of the topic that there were when the group took it up
     */
    boolean isGivable(String topic, long topicId, int first, int partition);
}
