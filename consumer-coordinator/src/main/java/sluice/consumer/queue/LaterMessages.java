package sluice.consumer.queue;

/**
 * Messages whose time has not come: in pages of about nine minutes, which are split into pages of
 * about one when their time comes. So those that are far off take little more than their 8 bytes,
 * and few are sorted at a time. Owned by one lane.
 */
final class LaterMessages {

    private static final int NEAR_BITS = 16;
    private static final int FAR_BITS = 19;

    private final TimePages near = new TimePages(NEAR_BITS);
    private final TimePages far = new TimePages(FAR_BITS);

    /** The last of the far spans that was split. */
    private long split = -1;

    /** Some of them may be gone from the topic by now. */
    long count() {
        return near.count() + far.count();
    }

    void add(Line line, Spot.Late message) {
        boolean isNear = far.spanOf(message.untilMs()) <= split;
        (isNear ? near : far).add(line, message);
    }

    /** When the first of them is ready; {@link Long#MAX_VALUE} if there is none. */
    long nextMs() {
        return Math.min(near.nextMs(), far.nextMs());
    }

    /** Takes out those whose time is not after that. */
    void takeDue(long nowMs, TimePages.To to) {
        while (far.nextMs() <= nowMs) {
            split = Math.max(split, far.spanOf(far.nextMs()));
            far.takeSpan(near::add);
        }
        near.takeDue(nowMs, to);
    }

    /** Those of a line are told by their time, then by offset. */
    void forEach(TimePages.To to) {
        near.forEach(to);
        far.forEach(to);
    }

    void clear() {
        near.clear();
        far.clear();
        split = -1;
    }
}
