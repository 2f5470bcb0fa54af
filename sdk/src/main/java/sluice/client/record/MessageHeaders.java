package sluice.client.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Headers by which a record tells queue groups when, and before which others, it is given out.
 * Records have methods for them; stream groups pay no heed.
 */
public final class MessageHeaders {

    private MessageHeaders() {}

    /**
     * @param priority 0 to 9, the highest first; a record without one has 4
     */
    public static RecordHeader priority(int priority) {
        if (priority < 0 || priority > 9) {
            throw new IllegalArgumentException(
                    "expected priority 0 to 9, found priority=" + priority);
        }
        return RecordHeader.of("sluice-priority", Integer.toString(priority));
    }

    /** Not given out before that time, by the clock of the gateway that owns the partition. */
    public static RecordHeader deliverAt(Instant time) {
        return RecordHeader.of("sluice-deliver-at", millis(time));
    }

    /** Never given out from that time on. */
    public static RecordHeader expiresAt(Instant time) {
        return RecordHeader.of("sluice-expires-at", millis(time));
    }

    private static String millis(Instant time) {
        if (time.toEpochMilli() < 0) {
            throw new IllegalArgumentException("expected a time since 1970, found " + time);
        }
        return Long.toString(time.toEpochMilli());
    }

    /** These headers and that one, in place of the one before: queue groups are told once. */
    public static List<RecordHeader> with(List<RecordHeader> headers, RecordHeader one) {
        var others = new ArrayList<>(headers);
        others.removeIf(each -> each.name().equals(one.name()));
        others.add(one);
        return others;
    }
}
