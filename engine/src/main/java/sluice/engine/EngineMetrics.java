package sluice.engine;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the engine, written by its lanes and read by whoever shows them. Each is a plain
 * running total; the process turns them into its metrics system's.
 */
public final class EngineMetrics {

    private final LongAdder appends = new LongAdder();
    private final LongAdder appendBytes = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder committedEntries = new LongAdder();
    private final LongAdder committedBytes = new LongAdder();
    private final LongAdder rolls = new LongAdder();
    private final LongAdder objectsPut = new LongAdder();
    private final LongAdder objectBytes = new LongAdder();
    private final LongAdder objectPutNs = new LongAdder();
    private final LongAdder uploadFailures = new LongAdder();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder tailReads = new LongAdder();
    private final LongAdder historyReads = new LongAdder();
    private final LongAdder recoveries = new LongAdder();
    private final LongAdder slotsTaken = new LongAdder();

    private final LongAdder slotsHandedOver = new LongAdder();
    private final LongAdder handoverNs = new LongAdder();
    private final LongAdder handoffsAbandoned = new LongAdder();

    private final LongAdder scrubbed = new LongAdder();
    private final LongAdder scrubLosses = new LongAdder();

    /** Told each counter's name, meaning and present value. */
    public interface Visitor {
        void counter(String name, String meaning, LongAdder value);
    }

    /** Visits all counters; the names are those of the metrics without their prefix. */
    public void visit(Visitor visitor) {
        visitor.counter("wal.appends", "batches appended to the wal", appends);
        visitor.counter("wal.append.bytes", "bytes appended to the wal", appendBytes);
        visitor.counter("wal.refused", "appends refused for lack of room", refused);
        visitor.counter("wal.committed.entries", "entries on all members' disks", committedEntries);
        visitor.counter(
                "wal.committed.bytes", "bytes of entries on all members' disks", committedBytes);
        visitor.counter("wal.rolls", "segments left behind", rolls);
        visitor.counter("upload.objects", "segment objects put", objectsPut);
        visitor.counter("upload.bytes", "bytes of segment objects put", objectBytes);
        visitor.counter("upload.put.ns", "nanoseconds spent in putting objects", objectPutNs);
        visitor.counter("upload.failures", "failed steps of uploads, tried again", uploadFailures);
        visitor.counter("calls.forwarded", "requests sent on to the slot's owner", forwarded);
        visitor.counter("read.tail", "reads answered from a tail", tailReads);
        visitor.counter("read.history", "reads answered from objects", historyReads);
        visitor.counter("recovery.wals", "dead wals sealed by this gateway", recoveries);
        visitor.counter("slots.taken", "slots taken over", slotsTaken);
        visitor.counter("slots.handed.over", "slots handed to other gateways", slotsHandedOver);
        visitor.counter(
                "slots.handover.ns",
                "nanoseconds for which slots that were handed over took no appends here",
                handoverNs);
        visitor.counter(
                "slots.handoffs.abandoned",
                "hand-offs given up before a slot moved",
                handoffsAbandoned);
        visitor.counter("scrub.objects", "objects looked at and found whole", scrubbed);
        visitor.counter(
                "scrub.lost",
                "objects that records depend on and that are gone or cut, at each look",
                scrubLosses);
    }

    void appended(long bytes) {
        appends.increment();
        appendBytes.add(bytes);
    }

    void refused() {
        refused.increment();
    }

    void committed(long bytes) {
        committedEntries.increment();
        committedBytes.add(bytes);
    }

    void rolled() {
        rolls.increment();
    }

    void objectPut(long bytes, long ns) {
        objectsPut.increment();
        objectBytes.add(bytes);
        objectPutNs.add(ns);
    }

    void uploadFailed() {
        uploadFailures.increment();
    }

    void forwarded() {
        forwarded.increment();
    }

    void tailRead() {
        tailReads.increment();
    }

    void historyRead() {
        historyReads.increment();
    }

    void recovered() {
        recoveries.increment();
    }

    void slotHandedOver(long closedNs) {
        slotsHandedOver.increment();
        handoverNs.add(closedNs);
    }

    void handoffAbandoned() {
        handoffsAbandoned.increment();
    }

    void scrubbed() {
        scrubbed.increment();
    }

    void scrubLost() {
        scrubLosses.increment();
    }

    void slotTaken() {
        slotsTaken.increment();
    }
}
