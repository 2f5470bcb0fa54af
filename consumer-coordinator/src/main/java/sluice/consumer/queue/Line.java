package sluice.consumer.queue;

/**
 * Messages that wait together: those of one tenant with the same priority. Lines of a higher
 * priority come first.
 *
 * @param tenant cut to {@link #TENANT_CHARS_MAX}; empty for messages without one
 */
record Line(int priority, String tenant) implements Comparable<Line> {

    static final int TENANT_CHARS_MAX = 100;

    /** Of messages that say nothing, and of all messages of a plain queue. */
    static final Line PLAIN = new Line(MessageAttributes.DEFAULT_PRIORITY, "");

    Line {
        if (priority < 0 || priority > MessageAttributes.PRIORITY_MAX) {
            throw new IllegalArgumentException("priority=" + priority);
        }
        tenant = cut(tenant);
    }

    private static String cut(String tenant) {
        if (tenant.length() <= TENANT_CHARS_MAX) {
            return tenant;
        }
        int end = TENANT_CHARS_MAX;
        return tenant.substring(
                0, Character.isHighSurrogate(tenant.charAt(end - 1)) ? end - 1 : end);
    }

    @Override
    public int compareTo(Line other) {
        int byPriority = Integer.compare(other.priority, priority);
        return byPriority != 0 ? byPriority : tenant.compareTo(other.tenant);
    }
}
