package sluice.cli.consume;

import java.util.concurrent.atomic.LongAdder;

/** What a run has printed so far. */
public final class ConsumeStats {

    final LongAdder records = new LongAdder();
    final LongAdder bytes = new LongAdder();

    public long records() {
        return records.sum();
    }

    /** Bytes printed. */
    public long bytes() {
        return bytes.sum();
    }
}
