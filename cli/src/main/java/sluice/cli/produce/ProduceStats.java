package sluice.cli.produce;

import java.util.concurrent.atomic.LongAdder;

/** What a run has done so far; written by its threads, read by the progress line. */
public final class ProduceStats {

    final LongAdder sourceBytesRead = new LongAdder();
    final LongAdder recordsRead = new LongAdder();
    final LongAdder recordsAcked = new LongAdder();
    final LongAdder payloadBytesAcked = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder retries = new LongAdder();
    final Latencies ackLatencies = new Latencies();

    public long recordsRead() {
        return recordsRead.sum();
    }

    /** Records whose acknowledgement came; with acks=0, records sent. */
    public long recordsAcked() {
        return recordsAcked.sum();
    }

    /** Keys and values of the acknowledged records. */
    public long payloadBytesAcked() {
        return payloadBytesAcked.sum();
    }

    /** Bytes of the sources that were read, line feeds included. */
    public long sourceBytesRead() {
        return sourceBytesRead.sum();
    }

    public long requests() {
        return requests.sum();
    }

    public long retries() {
        return retries.sum();
    }

    /** From the first sending of a request to its acknowledgement, repetitions included. */
    public double ackMs(double share) {
        return ackLatencies.percentileMs(share);
    }

    /** Counts a repetition; for the client's retry listener. */
    public void retried() {
        retries.increment();
    }
}
