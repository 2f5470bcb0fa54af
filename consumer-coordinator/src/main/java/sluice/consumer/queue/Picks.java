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

    private final QueueMachine machine;
    private final RecordWindow window;

    /** Offsets that must be fetched before more can be given out. */
    private final List<Long> missing = new ArrayList<>();

    Picks(QueueMachine machine, RecordWindow window) {
        this.machine = machine;
        this.window = window;
    }

    List<Long> missing() {
        return missing;
    }

    /**
     * @param isPatient false: what was never leased is given out even while records of what came
     *     back must be fetched
     */
    List<Delivery> pick(
            PartitionRequest.Grant grant, boolean isPatient, long nowMs, List<Change> out) {
        missing.clear();
        int room = Math.min(machine.room(), grant.messagesMax());
        int freshRoom = machine.freshRoom();
        var source = ReadySource.plain(machine.state(), nowMs);
        var records = new ArrayList<LogRecord>();
        var gone = new ArrayList<Long>();
        long bytesMax = Math.min(grant.bytesMax(), PartitionReply.BYTES_MAX);
        long bytes = 0;
        boolean isOpen = true;
        while (isOpen && records.size() < room) {
            boolean isFresh = source.isFresh();
            long offset = source.next();
            if (isFresh && (freshRoom == 0 || (isPatient && !missing.isEmpty()))) {
                break;
            }
            switch (window.find(offset)) {
                case Found.Here(var record) -> {
                    bytes += sizeBytes(record);
                    if (!records.isEmpty() && bytes > bytesMax) {
                        isOpen = false;
                    } else {
                        records.add(record);
                        freshRoom -= isFresh ? 1 : 0;
                        source.pass();
                    }
                }
                case Found.Gone(long next) -> {
                    if (!isFresh) {
                        gone.add(offset);
                    }
                    source.passTo(next);
                }
                case Found.AtEnd() -> isOpen = false;
                case Found.Elsewhere() -> {
                    missing.add(offset);
                    if (isFresh || missing.size() >= MISSING_MAX) {
                        isOpen = false;
                    } else {
                        source.pass();
                    }
                }
            }
        }
        long cursor = source.cursor();
        machine.drop(gone, out);
        if (records.isEmpty()) {
            machine.skip(cursor, out);
            return List.of();
        }
        return leased(grant, records, cursor, nowMs, out);
    }

    private List<Delivery> leased(
            PartitionRequest.Grant grant,
            List<LogRecord> records,
            long cursor,
            long nowMs,
            List<Change> out) {
        OptionalLong deadlineMs =
                grant.visibility().isPresent()
                        ? OptionalLong.of(nowMs + grant.visibility().get().toMillis())
                        : OptionalLong.empty();
        long lease =
                machine.acquire(
                        grant.session(),
                        deadlineMs,
                        records.stream().map(LogRecord::offset).toList(),
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
