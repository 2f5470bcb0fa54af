package sluice.client.produce;

import java.util.ArrayList;
import java.util.List;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;

/**
 * Batches that have ended, with what their futures are to be told. Filled by the machine; told by
 * whoever drives it, outside of it, since applications' code runs then.
 */
final class Ends {

    private final List<Runnable> untold = new ArrayList<>();

    private final Counters counters;
    private long bytesFreed;
    private int batches;

    Ends(Counters counters) {
        this.counters = counters;
    }

    void acked(PendingBatch batch, BatchOutcome.Appended appended) {
        end(batch, () -> batch.complete(appended.baseOffset()));
        counters.recordsAcked += batch.recordCount();
        counters.bytesAcked += batch.sizeBytes();
        counters.duplicates += appended.isDuplicate() ? 1 : 0;
    }

    /**
     * Not in the log, for good: told as unknown if an earlier attempt may have brought it there.
     */
    void refused(PendingBatch batch, Problem problem) {
        if (batch.mayBeAppended) {
            unknown(batch, "refused after an attempt that may have worked: " + problem);
        } else {
            failed(batch, new SluiceApiException("batch " + batch + " was refused", problem));
        }
    }

    /** Not in the log: told as unknown if an attempt may have brought it there. */
    void gaveUp(PendingBatch batch, String why) {
        if (batch.mayBeAppended) {
            unknown(batch, why);
        } else {
            failed(batch, new RetriableException("batch " + batch + " was not written: " + why));
        }
    }

    /** It may be in the log or not. */
    void unknown(PendingBatch batch, String why) {
        failed(
                batch,
                new UnknownOutcomeException("batch " + batch + " may be written or not: " + why));
    }

    private void failed(PendingBatch batch, RuntimeException failure) {
        end(batch, () -> batch.fail(failure));
        counters.recordsFailed += batch.recordCount();
    }

    private void end(PendingBatch batch, Runnable telling) {
        assert !batch.isEnded : "a batch ends once: " + batch;
        batch.isEnded = true;
        bytesFreed += batch.heldBytes;
        batches++;
        untold.add(telling);
    }

    /** Bytes of records that ended since the last call. */
    long takeFreedBytes() {
        long freed = bytesFreed;
        bytesFreed = 0;
        return freed;
    }

    /** Since the beginning. */
    int batches() {
        return batches;
    }

    /** What to tell, in the order in which it came about, since the last call. */
    List<Runnable> takeUntold() {
        var taken = List.copyOf(untold);
        untold.clear();
        return taken;
    }
}
