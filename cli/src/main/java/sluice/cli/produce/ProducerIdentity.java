package sluice.cli.produce;

import sluice.log.batch.RecordBatch;

/** By what gateways know a producer's repetitions. */
record ProducerIdentity(long id, short epoch) {

    /** Of a producer whose repetitions cannot be told from new records. */
    static final ProducerIdentity NONE =
            new ProducerIdentity(RecordBatch.NO_PRODUCER_ID, (short) -1);
}
