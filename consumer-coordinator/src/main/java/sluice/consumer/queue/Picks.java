package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.consumer.queue.RecordWindow.Found;
import sluice.log.batch.LogRecord;

/** Chooses messages for one grant, leases them, and puts their records to the leases. */
final class Picks {

    private static final int RECORD_OVERHEAD_BYTES = 32;
    private static final int MISSING_MAX = 64;

    /** Records at so few places are fetched at once, each place so far from the one before. */
    private static final int PLACES_MAX = 4;

    private static final int PLACE = 500;

    private final QueueMachine machine;
    private final RecordWindow window;

    /** Where records must be fetched before more can be given out. */
    private final List<Long> missing = new ArrayList<>();

    private int missed;
    private int missedPriority;
    private final List<LogRecord> records = new ArrayList<>();

    /** Of the records, in their order; of the last one it is counted how many there are. */
    private final List<Change.Of> lines = new ArrayList<>();

    private Line line = Line.PLAIN;
    private int ofLine;
    private boolean isAnyOfALine;
    private final List<Long> gone = new ArrayList<>();
    private final List<Long> expired = new ArrayList<>();

    Picks(QueueMachine machine, RecordWindow window) {
        this.machine = machine;
        this.window = window;
    }

    List<Long> missing() {
        return missing;
    }

    /** True if messages were taken out that nobody got: others may be ready instead. */
    boolean hasCleared() {
        return !gone.isEmpty() || !expired.isEmpty();
    }

    private void clear() {
        missing.clear();
        missed = 0;
        missedPriority = -1;
        records.clear();
        lines.clear();
        ofLine = 0;
        isAnyOfALine = false;
        gone.clear();
        expired.clear();
    }

    /**
     * @param isPatient false: what was never leased is given out even while records of what comes
     *     before must be fetched
     */
    List<Delivery> pick(
            PartitionRequest.Grant grant, boolean isPatient, long nowMs, List<Change> out) {
        clear();
        int room = Math.min(machine.room(), grant.messagesMax());
        int freshRoom = machine.freshRoom();
        Turns turns = machine.turns(nowMs);
        long bytesMax = Math.min(grant.bytesMax(), PartitionReply.BYTES_MAX);
        long bytes = 0;
        while (records.size() < room) {
            if (freshRoom == 0) {
                turns.onlyReturned();
            }
            long offset = turns.next();
            if (offset < 0) {
                break;
            }
            Turns.From from = turns.from();
            boolean isWaited = isPatient && isBehindMissing(turns);
            Found found = window.find(offset);
            if (found instanceof Found.Elsewhere) {
                miss(offset, turns.line());
                if (from == Turns.From.CURSOR || missed >= MISSING_MAX) {
                    break;
                }
                turns.pass();
            } else if (isWaited) {
                // Its turn comes when those before it were fetched; meanwhile others are, too.
                if (from == Turns.From.CURSOR || ++missed >= MISSING_MAX) {
                    break;
                }
                turns.pass();
            } else if (found instanceof Found.Here(var record)) {
                var attributes = MessageAttributes.of(record);
                if (from == Turns.From.CURSOR && attributes.isHeldBackAt(nowMs)) {
                    break;
                }
                if (attributes.isExpiredAt(nowMs)) {
                    expired.add(offset);
                    turns.pass();
                    continue;
                }
                bytes += sizeBytes(record);
                if (!records.isEmpty() && bytes > bytesMax) {
                    break;
                }
                freshRoom -= from == Turns.From.RETURNED ? 0 : 1;
                take(record, turns);
            } else if (found instanceof Found.Gone(long next)) {
                if (from != Turns.From.CURSOR) {
                    gone.add(offset);
                }
                turns.passTo(next);
            } else {
                break;
            }
        }
        return picked(grant, turns.cursor(), nowMs, out);
    }

    /** What came back does not wait for records of what is not before it. */
    private boolean isBehindMissing(Turns turns) {
        return !missing.isEmpty()
                && (turns.from() != Turns.From.RETURNED
                        || turns.line().priority() < missedPriority);
    }

    private void miss(long offset, Line of) {
        missed++;
        missedPriority = Math.max(missedPriority, of.priority());
        if (missing.size() < PLACES_MAX
                && (missing.isEmpty() || Math.abs(offset - missing.getLast()) >= PLACE)) {
            missing.add(offset);
        }
    }

    private void take(LogRecord record, Turns turns) {
        isAnyOfALine |= turns.from() == Turns.From.LINE;
        if (!turns.line().equals(line)) {
            endLine();
            line = turns.line();
        }
        ofLine++;
        records.add(record);
        turns.take();
    }

    private void endLine() {
        if (ofLine > 0) {
            lines.add(new Change.Of(line, ofLine));
            ofLine = 0;
        }
    }

    private List<Delivery> picked(
            PartitionRequest.Grant grant, long cursor, long nowMs, List<Change> out) {
        machine.drop(gone, out);
        machine.expired(expired, nowMs, out);
        if (!gone.isEmpty()) {
            machine.trim(window.logStart(), out);
        }
        if (records.isEmpty()) {
            machine.skip(cursor, out);
            return List.of();
        }
        return leased(grant, cursor, nowMs, out);
    }

    private List<Delivery> leased(
            PartitionRequest.Grant grant, long cursor, long nowMs, List<Change> out) {
        endLine();
        OptionalLong deadlineMs =
                grant.visibility().isPresent()
                        ? OptionalLong.of(nowMs + grant.visibility().get().toMillis())
                        : OptionalLong.empty();
        long lease =
                machine.acquire(
                        grant.session(),
                        deadlineMs,
                        records.stream().map(LogRecord::offset).toList(),
                        isAnyOfALine ? lines : List.of(),
                        cursor,
                        nowMs,
                        out);
        var deliveries = new ArrayList<Delivery>(records.size());
        for (LogRecord record : records) {
            Message message = machine.state().message(record.offset());
            if (message == null || message.lease() != lease) {
                throw new AssertionError("leased a moment ago: offset=" + record.offset());
            }
            deliveries.add(
                    new Delivery(lease++, message.count(), message.firstMs(), deadlineMs, record));
        }
        return deliveries;
    }

    static long sizeBytes(List<Delivery> deliveries) {
        long bytes = 0;
        for (Delivery each : deliveries) {
            bytes += sizeBytes(each.record());
        }
        return bytes;
    }

    static long sizeBytes(LogRecord record) {
        long bytes = RECORD_OVERHEAD_BYTES;
        var key = record.key();
        var value = record.value();
        bytes += key == null ? 0 : key.remaining();
        bytes += value == null ? 0 : value.remaining();
        for (LogRecord.Header each : record.headers()) {
            var of = each.value();
            bytes += each.name().length() + (of == null ? 0 : of.remaining());
        }
        return bytes;
    }
}
