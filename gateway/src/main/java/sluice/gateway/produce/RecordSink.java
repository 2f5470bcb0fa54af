package sluice.gateway.produce;

import java.util.OptionalInt;

/** Where the records of a JSON body go, one after another. */
interface RecordSink {

    /** When the request came, in milliseconds since 1970 UTC. */
    long nowMs();

    /** Records so far, and so the number of the next one. */
    int recordCount();

    /**
     * Takes a record.
     *
     * @return what the next one is read into: the same again if nothing refers to it any more
     */
    RecordFields add(RecordFields record);

    /** How many partitions a record may name one of; empty if it names a routing key instead. */
    OptionalInt partitionsToName();
}
